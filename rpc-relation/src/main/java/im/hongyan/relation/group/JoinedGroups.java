package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.GetFullJoinGroupIDsReq;
import im.hongyan.proto.group.GetFullJoinGroupIDsResp;
import im.hongyan.proto.group.GetJoinedGroupListReq;
import im.hongyan.proto.group.GetJoinedGroupListResp;
import im.hongyan.proto.group.getIncrementalJoinGroupReq;
import im.hongyan.proto.group.getIncrementalJoinGroupResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.hash.ListHashes;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.List;

/**
 * The groups that a user is in, and how devices keep their copy of the list (rest-group.md 8.17,
 * 8.27, 8.31). Safe for use by several threads.
 */
public final class JoinedGroups implements Feature {
  private final JoinedGroupStore store;

  /** Creates the feature. */
  public JoinedGroups(JoinedGroupStore store) {
    this.store = store;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getGetJoinedGroupListMethod(), this::page);
    rpcs.unary(groupGrpc.getGetFullJoinGroupIDsMethod(), this::getFullIds);
    rpcs.unary(groupGrpc.getGetIncrementalJoinGroupMethod(), this::getChanges);
  }

  private GetJoinedGroupListResp page(Caller caller, GetJoinedGroupListReq request) {
    UserId userId = new UserId(request.getFromUserID());
    Page page = Page.of(request.getPagination());
    return GetJoinedGroupListResp.newBuilder()
        .addAllGroups(page.isEmpty() ? List.of() : store.page(userId, page))
        .setTotal(store.count(userId))
        .build();
  }

  private GetFullJoinGroupIDsResp getFullIds(Caller caller, GetFullJoinGroupIDsReq request) {
    JoinedGroupStore.All all = store.all(new UserId(request.getUserID()));
    List<String> ids = all.groups().stream().map(GroupId::value).toList();
    boolean equal = ListHashes.idHash(ids) == request.getIdHash();
    return GetFullJoinGroupIDsResp.newBuilder()
        .setVersion(all.version().number())
        .setVersionID(all.version().id())
        .setEqual(equal)
        .addAllGroupIDs(equal ? List.of() : ids)
        .build();
  }

  private getIncrementalJoinGroupResp getChanges(
      Caller caller, getIncrementalJoinGroupReq request) {
    UserId userId = new UserId(VersionLogs.requireOwner(request.getUserID()));
    VersionDelta delta = store.delta(userId, request.getVersionID(), request.getVersion());
    return getIncrementalJoinGroupResp
        .newBuilder()
        .setVersion(delta.current().number())
        .setVersionID(delta.current().id())
        .setFull(delta.full())
        .addAllDelete(delta.deleted())
        .addAllInsert(infos(userId, delta.inserted()))
        .addAllUpdate(infos(userId, delta.updated()))
        .build();
  }

  /** What the user is not in any more, or was dismissed, is left out. */
  private List<GroupInfo> infos(UserId userId, List<String> ids) {
    return store.find(userId, ids.stream().map(GroupId::new).toList());
  }
}
