package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.CMSGroup;
import im.hongyan.proto.group.GetGroupsInfoReq;
import im.hongyan.proto.group.GetGroupsInfoResp;
import im.hongyan.proto.group.GetGroupsReq;
import im.hongyan.proto.group.GetGroupsResp;
import im.hongyan.proto.group.GroupCreateCountReq;
import im.hongyan.proto.group.GroupCreateCountResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.paging.Page;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.GroupId;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Groups by their ids for everybody, and lists and counts of all groups for administrators
 * (rest-group.md 8.12, 8.25, 8.33). Safe for use by several threads.
 */
public final class GroupReads implements Feature {
  private final GroupListStore store;

  /** Creates the feature. */
  public GroupReads(GroupListStore store) {
    this.store = store;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getGetGroupsInfoMethod(), this::getInfos);
    rpcs.unary(groupGrpc.getGetGroupsMethod(), this::page);
    rpcs.unary(groupGrpc.getGroupCreateCountMethod(), this::countCreations);
  }

  /** In the order asked, each once; unknown ones are left out. */
  private GetGroupsInfoResp getInfos(Caller caller, GetGroupsInfoReq request) {
    List<GroupId> asked = request.getGroupIDsList().stream().distinct().map(GroupId::new).toList();
    Map<GroupId, GroupInfo> found = store.find(asked);
    return GetGroupsInfoResp.newBuilder()
        .addAllGroupInfos(asked.stream().map(found::get).filter(Objects::nonNull).toList())
        .build();
  }

  private GetGroupsResp page(Caller caller, GetGroupsReq request) {
    if (!request.getGroupID().isEmpty()) {
      List<GroupListStore.Owned> found = store.owned(List.of(new GroupId(request.getGroupID())));
      return page(found.size(), found);
    }
    Page page = Page.of(request.getPagination());
    String name = request.getGroupName();
    return page(store.count(name), page.isEmpty() ? List.of() : store.page(name, page));
  }

  private static GetGroupsResp page(int total, List<GroupListStore.Owned> groups) {
    GetGroupsResp.Builder answer = GetGroupsResp.newBuilder().setTotal(total);
    for (GroupListStore.Owned owned : groups) {
      answer.addGroups(
          CMSGroup.newBuilder()
              .setGroupInfo(owned.group())
              .setGroupOwnerUserName(owned.ownerNickname())
              .setGroupOwnerUserID(owned.group().getOwnerUserID()));
    }
    return answer.build();
  }

  private GroupCreateCountResp countCreations(Caller caller, GroupCreateCountReq request) {
    if (request.getStart() > request.getEnd()) {
      throw ImError.ARGS.with("start > end");
    }
    GroupCreateCountResp.Builder answer =
        GroupCreateCountResp.newBuilder()
            .setTotal(store.total())
            .setBefore(store.madeBefore(request.getStart()));
    store
        .madeByDay(request.getStart(), request.getEnd())
        .forEach((day, count) -> answer.putCount(LocalDate.ofEpochDay(day).toString(), count));
    return answer.build();
  }
}
