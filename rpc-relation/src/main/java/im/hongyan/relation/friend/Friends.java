package im.hongyan.relation.friend;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.relation.isFriendResp;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.UserId;

/** Friends (rest-account.md 3). Safe for use by several threads. */
public final class Friends implements Feature {
  private final FriendStore store;

  /** Creates the feature. */
  public Friends(FriendStore store) {
    this.store = store;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(friendGrpc.getIsFriendMethod(), this::check);
  }

  private isFriendResp check(Caller caller, isFriendReq request) {
    UserId one = new UserId(request.getUserID1());
    UserId two = new UserId(request.getUserID2());
    return isFriendResp
        .newBuilder()
        .setInUser1Friends(store.contains(one, two))
        .setInUser2Friends(store.contains(two, one))
        .build();
  }
}
