package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.GetGroupMemberListReq;
import im.hongyan.proto.group.GetGroupMemberListResp;
import im.hongyan.proto.group.GetGroupMemberRoleLevelReq;
import im.hongyan.proto.group.GetGroupMemberRoleLevelResp;
import im.hongyan.proto.group.GetGroupMembersCMSReq;
import im.hongyan.proto.group.GetGroupMembersCMSResp;
import im.hongyan.proto.group.GetGroupMembersInfoReq;
import im.hongyan.proto.group.GetGroupMembersInfoResp;
import im.hongyan.proto.group.GetUserInGroupMembersReq;
import im.hongyan.proto.group.GetUserInGroupMembersResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Members of groups for those who are in them (rest-group.md 8.14, 8.15), and for app servers
 * (protobuf/group.md). Safe for use by several threads.
 */
public final class GroupMembers implements Feature {
  private static final int MOST_WITH_ROLES = 10_000;

  private final GroupMemberStore store;
  private final MemberInfos infos;
  private final MemberPages pages;
  private final MemberSearch search;

  /**
   * Creates the feature.
   *
   * @param everyone users, asked for all members of a group by a search; better not a cache
   */
  public GroupMembers(GroupMemberStore store, UserDirectory users, UserDirectory everyone) {
    this.store = store;
    infos = new MemberInfos(users);
    pages = new MemberPages(store);
    search = new MemberSearch(store, everyone);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getGetGroupMembersInfoMethod(), this::getInfos);
    rpcs.unary(groupGrpc.getGetGroupMemberListMethod(), this::getList);
    rpcs.unary(groupGrpc.getGetGroupMembersCMSMethod(), this::getListForAdministrators);
    rpcs.unary(groupGrpc.getGetUserInGroupMembersMethod(), this::getOfUser);
    rpcs.unary(groupGrpc.getGetGroupMemberRoleLevelMethod(), this::getWithRoles);
  }

  /** In the order asked, each once; who is no member is left out. */
  private GetGroupMembersInfoResp getInfos(Caller caller, GetGroupMembersInfoReq request) {
    List<UserId> asked = request.getUserIDsList().stream().distinct().map(UserId::new).toList();
    return GetGroupMembersInfoResp.newBuilder()
        .addAllMembers(infos.of(ordered(new GroupId(request.getGroupID()), asked)))
        .build();
  }

  private List<Member> ordered(GroupId groupId, Collection<UserId> userIds) {
    Map<UserId, Member> found =
        store.find(groupId, userIds).stream()
            .collect(Collectors.toMap(Member::userId, Function.identity()));
    return userIds.stream().map(found::get).filter(Objects::nonNull).toList();
  }

  private GetGroupMemberListResp getList(Caller caller, GetGroupMemberListReq request) {
    GroupId groupId = new GroupId(request.getGroupID());
    RoleRange range = RoleRange.of(request.getFilter());
    Page page = Page.of(request.getPagination());
    if (request.getKeyword().isEmpty()) {
      return list(store.count(groupId, range), pages.page(groupId, range, page));
    }
    MemberSearch.Found found = search.search(groupId, range, request.getKeyword(), page);
    return list(found.total(), ordered(groupId, found.page()));
  }

  private GetGroupMemberListResp list(int total, List<Member> members) {
    return GetGroupMemberListResp.newBuilder()
        .setTotal(total)
        .addAllMembers(infos.of(members))
        .build();
  }

  private GetGroupMembersCMSResp getListForAdministrators(
      Caller caller, GetGroupMembersCMSReq request) {
    GetGroupMemberListResp list =
        getList(
            caller,
            GetGroupMemberListReq.newBuilder()
                .setGroupID(request.getGroupID())
                .setKeyword(request.getUserName())
                .setPagination(request.getPagination())
                .build());
    return GetGroupMembersCMSResp.newBuilder()
        .setTotal(list.getTotal())
        .addAllMembers(list.getMembersList())
        .build();
  }

  /** In the order asked, each once; groups whose member the user is not are left out. */
  private GetUserInGroupMembersResp getOfUser(Caller caller, GetUserInGroupMembersReq request) {
    List<GroupId> asked = request.getGroupIDsList().stream().distinct().map(GroupId::new).toList();
    Map<GroupId, Member> found =
        store.ofUser(new UserId(request.getUserID()), asked).stream()
            .collect(Collectors.toMap(Member::groupId, Function.identity()));
    return GetUserInGroupMembersResp.newBuilder()
        .addAllMembers(infos.of(asked.stream().map(found::get).filter(Objects::nonNull).toList()))
        .build();
  }

  /** In member order; more than a page may hold are read page by page. */
  private GetGroupMemberRoleLevelResp getWithRoles(
      Caller caller, GetGroupMemberRoleLevelReq request) {
    List<Member> members =
        store.withRoles(
            new GroupId(request.getGroupID()),
            Set.copyOf(request.getRoleLevelsList()),
            MOST_WITH_ROLES + 1);
    if (members.size() > MOST_WITH_ROLES) {
      throw ImError.ARGS.with("more than " + MOST_WITH_ROLES + " members have these roles");
    }
    return GetGroupMemberRoleLevelResp.newBuilder().addAllMembers(infos.of(members)).build();
  }
}
