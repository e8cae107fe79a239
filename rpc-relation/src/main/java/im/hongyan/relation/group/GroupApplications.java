package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.GetGroupApplicationListReq;
import im.hongyan.proto.group.GetGroupApplicationListResp;
import im.hongyan.proto.group.GetGroupApplicationUnhandledCountReq;
import im.hongyan.proto.group.GetGroupApplicationUnhandledCountResp;
import im.hongyan.proto.group.GetSpecifiedUserGroupRequestInfoReq;
import im.hongyan.proto.group.GetSpecifiedUserGroupRequestInfoResp;
import im.hongyan.proto.group.GetUserReqApplicationListReq;
import im.hongyan.proto.group.GetUserReqApplicationListResp;
import im.hongyan.proto.group.getGroupUsersReqApplicationListReq;
import im.hongyan.proto.group.getGroupUsersReqApplicationListResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupRequest;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Applications to enter groups, for those who handle them and those who made them (rest-group.md
 * 8.8 to 8.11, 8.32). Safe for use by several threads.
 */
public final class GroupApplications implements Feature {
  private final GroupRequestStore store;
  private final GroupListStore groups;
  private final UserDirectory users;

  /** Creates the feature. */
  public GroupApplications(GroupRequestStore store, GroupListStore groups, UserDirectory users) {
    this.store = store;
    this.groups = groups;
    this.users = users;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getGetGroupApplicationListMethod(), this::pageReceived);
    rpcs.unary(groupGrpc.getGetUserReqApplicationListMethod(), this::pageSent);
    rpcs.unary(groupGrpc.getGetGroupUsersReqApplicationListMethod(), this::getOfGroup);
    rpcs.unary(groupGrpc.getGetSpecifiedUserGroupRequestInfoMethod(), this::getOne);
    rpcs.unary(groupGrpc.getGetGroupApplicationUnhandledCountMethod(), this::countOpen);
  }

  /** To the groups named, or to all that the user owns or administers. */
  private GetGroupApplicationListResp pageReceived(
      Caller caller, GetGroupApplicationListReq request) {
    List<GroupId> named = ids(request.getGroupIDsList());
    if (!caller.privileged()) {
      requireManager(new UserId(caller.userId()), named);
    }
    List<GroupId> wanted =
        named.isEmpty() ? store.managedGroups(new UserId(request.getFromUserID())) : named;
    if (wanted.isEmpty()) {
      return GetGroupApplicationListResp.getDefaultInstance();
    }
    GroupRequestStore.Filter filter =
        new GroupRequestStore.Filter(Optional.empty(), wanted, request.getHandleResultsList());
    List<GroupRequestRow> rows = page(filter, Page.of(request.getPagination()));
    if (!rows.isEmpty() && !named.isEmpty()) {
      requireKnown(named);
    }
    return GetGroupApplicationListResp.newBuilder()
        .setTotal(store.count(filter))
        .addAllGroupRequests(messages(rows))
        .build();
  }

  private static List<GroupId> ids(Collection<String> texts) {
    return texts.stream().distinct().map(GroupId::new).toList();
  }

  private void requireManager(UserId userId, List<GroupId> groupIds) {
    Map<GroupId, GroupRole> roles = groups.roles(userId, groupIds);
    for (GroupId groupId : groupIds) {
      GroupRole role = roles.get(groupId);
      if (role == null) {
        throw ImError.NO_PERMISSION.with("op user not in group");
      }
      if (role == GroupRole.ORDINARY) {
        throw ImError.NO_PERMISSION.with("no group owner or admin");
      }
    }
  }

  private void requireKnown(List<GroupId> groupIds) {
    Map<GroupId, GroupInfo> known = groups.find(groupIds);
    if (known.size() < groupIds.size()) {
      throw ImError.GROUP_ID_NOT_FOUND.with(
          groupIds.stream()
              .filter(id -> !known.containsKey(id))
              .map(GroupId::value)
              .collect(Collectors.joining(",")));
    }
  }

  private List<GroupRequestRow> page(GroupRequestStore.Filter filter, Page page) {
    return page.isEmpty() ? List.of() : store.page(filter, page);
  }

  private List<GroupRequest> messages(List<GroupRequestRow> rows) {
    Map<GroupId, GroupInfo> of =
        groups.find(rows.stream().map(GroupRequestRow::groupId).distinct().toList());
    Map<UserId, User> applicants =
        users.byId(rows.stream().map(GroupRequestRow::userId).distinct().toList());
    return rows.stream()
        .map(row -> row.message(applicants.get(row.userId()), of.get(row.groupId())))
        .toList();
  }

  private GetUserReqApplicationListResp pageSent(
      Caller caller, GetUserReqApplicationListReq request) {
    UserId userId = new UserId(request.getUserID());
    if (users.find(List.of(userId)).isEmpty()) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    GroupRequestStore.Filter filter =
        new GroupRequestStore.Filter(
            Optional.of(userId), ids(request.getGroupIDsList()), request.getHandleResultsList());
    return GetUserReqApplicationListResp.newBuilder()
        .setTotal(store.count(filter))
        .addAllGroupRequests(messages(page(filter, Page.of(request.getPagination()))))
        .build();
  }

  /** At most one of each user. */
  private getGroupUsersReqApplicationListResp getOfGroup(
      Caller caller, getGroupUsersReqApplicationListReq request) {
    GroupId groupId = new GroupId(request.getGroupID());
    requireKnown(List.of(groupId));
    List<GroupRequestRow> rows =
        store.find(groupId, request.getUserIDsList().stream().map(UserId::new).toList());
    return getGroupUsersReqApplicationListResp
        .newBuilder()
        .setTotal(rows.size())
        .addAllGroupRequests(messages(rows))
        .build();
  }

  /** The applicant may ask about any group; others only where they may answer. */
  private GetSpecifiedUserGroupRequestInfoResp getOne(
      Caller caller, GetSpecifiedUserGroupRequestInfoReq request) {
    GroupId groupId = new GroupId(request.getGroupID());
    UserId userId = new UserId(request.getUserID());
    if (!userId.equals(new UserId(caller.userId()))) {
      requireHandler(caller, groupId);
    }
    List<GroupRequestRow> rows = store.find(groupId, List.of(userId));
    return GetSpecifiedUserGroupRequestInfoResp.newBuilder()
        .setTotal(rows.size())
        .addAllGroupRequests(messages(rows))
        .build();
  }

  private void requireHandler(Caller caller, GroupId groupId) {
    GroupInfo group = groups.find(List.of(groupId)).get(groupId);
    if (group == null || group.getOwnerUserID().isEmpty()) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    if (caller.privileged()) {
      return;
    }
    GroupRole role = groups.roles(new UserId(caller.userId()), List.of(groupId)).get(groupId);
    if (role != GroupRole.OWNER && role != GroupRole.ADMIN) {
      throw ImError.NO_PERMISSION.with("opUser no permission");
    }
  }

  private GetGroupApplicationUnhandledCountResp countOpen(
      Caller caller, GetGroupApplicationUnhandledCountReq request) {
    List<GroupId> managed = store.managedGroups(new UserId(request.getUserID()));
    return GetGroupApplicationUnhandledCountResp.newBuilder()
        .setCount(store.countOpen(managed, request.getTime()))
        .build();
  }
}
