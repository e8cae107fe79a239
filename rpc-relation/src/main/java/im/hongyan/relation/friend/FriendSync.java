package im.hongyan.relation.friend;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getFriendIDsReq;
import im.hongyan.proto.relation.getFriendIDsResp;
import im.hongyan.proto.relation.getFullFriendUserIDsReq;
import im.hongyan.proto.relation.getFullFriendUserIDsResp;
import im.hongyan.proto.relation.getIncrementalFriendsReq;
import im.hongyan.proto.relation.getIncrementalFriendsResp;
import im.hongyan.proto.sdkws.FriendInfo;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.hash.ListHashes;
import im.hongyan.wire.id.UserId;
import java.util.List;

/**
 * How devices keep their copy of a friend list (rest-account.md 3.10, 3.14, 3.15). Safe for use by
 * several threads.
 */
public final class FriendSync implements Feature {
  private final FriendStore store;
  private final FriendLists lists;
  private final UserDirectory users;

  /** Creates the feature. */
  public FriendSync(FriendStore store, FriendLists lists, UserDirectory users) {
    this.store = store;
    this.lists = lists;
    this.users = users;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(friendGrpc.getGetFriendIDsMethod(), this::getIds);
    rpcs.unary(friendGrpc.getGetFullFriendUserIDsMethod(), this::getFullIds);
    rpcs.unary(friendGrpc.getGetIncrementalFriendsMethod(), this::getChanges);
  }

  private getFriendIDsResp getIds(Caller caller, getFriendIDsReq request) {
    return getFriendIDsResp
        .newBuilder()
        .addAllFriendIDs(texts(store.ids(new UserId(request.getUserID()))))
        .build();
  }

  private static List<String> texts(FriendStore.Ids all) {
    return all.friends().stream().map(UserId::value).toList();
  }

  private getFullFriendUserIDsResp getFullIds(Caller caller, getFullFriendUserIDsReq request) {
    FriendStore.Ids all = store.ids(new UserId(request.getUserID()));
    List<String> ids = texts(all);
    boolean equal = ListHashes.idHash(ids) == request.getIdHash();
    return getFullFriendUserIDsResp
        .newBuilder()
        .setVersion(all.version().number())
        .setVersionID(all.version().id())
        .setEqual(equal)
        .addAllUserIDs(equal ? List.of() : ids)
        .build();
  }

  private getIncrementalFriendsResp getChanges(Caller caller, getIncrementalFriendsReq request) {
    UserId owner = new UserId(VersionLogs.requireOwner(request.getUserID()));
    VersionDelta delta = store.delta(owner, request.getVersionID(), request.getVersion());
    getIncrementalFriendsResp answer =
        getIncrementalFriendsResp
            .newBuilder()
            .setVersion(delta.current().number())
            .setVersionID(delta.current().id())
            .setFull(delta.full())
            .addAllDelete(delta.deleted())
            .addAllInsert(infos(owner, delta.inserted(), delta.current()))
            .addAllUpdate(infos(owner, delta.updated(), delta.current()))
            .setSortVersion(delta.orderVersion())
            .build();
    return answer.getSerializedSize() <= VersionDelta.MOST_BYTES
        ? answer
        : getIncrementalFriendsResp
            .newBuilder()
            .setVersion(answer.getVersion())
            .setVersionID(answer.getVersionID())
            .setFull(true)
            .build();
  }

  /** Who is no friend any more is left out. */
  private List<FriendInfo> infos(UserId owner, List<String> ids, LogVersion version) {
    List<UserId> friends = ids.stream().map(UserId::new).toList();
    return FriendMessages.listed(lists.find(owner, friends, version), users);
  }
}
