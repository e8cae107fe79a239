package im.hongyan.relation.friend;

import com.google.protobuf.Message;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.applyToAddFriendReq;
import im.hongyan.proto.relation.deleteFriendReq;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getFullFriendUserIDsReq;
import im.hongyan.proto.relation.getFullFriendUserIDsResp;
import im.hongyan.proto.relation.getIncrementalFriendsReq;
import im.hongyan.proto.relation.getIncrementalFriendsResp;
import im.hongyan.proto.relation.getPaginationFriendsReq;
import im.hongyan.proto.relation.getPaginationFriendsResp;
import im.hongyan.proto.relation.importFriendReq;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.relation.isFriendResp;
import im.hongyan.proto.relation.removeBlackReq;
import im.hongyan.proto.relation.respondFriendApplyReq;
import im.hongyan.proto.relation.setFriendRemarkReq;
import im.hongyan.proto.relation.updateFriendsReq;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.wrapperspb.BoolValue;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.black.BlackStore;
import im.hongyan.relation.black.Blacks;
import im.hongyan.relation.friendrequest.FriendRequestStore;
import im.hongyan.relation.friendrequest.FriendRequests;
import im.hongyan.webhooks.FriendHooks;
import io.grpc.MethodDescriptor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Friends, applications and blacklists behind their guards, on a database. */
public final class FriendWorld implements AutoCloseable {
  private static final int MOST = 1_500;

  private final RelationTestServer server;

  /** Serves them for these users. */
  public FriendWorld(RelationDatabase database, FriendHooks hooks, String... users) {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(5_000));
    server = new RelationTestServer().users(users);
    FriendStore friends = new FriendStore(database.mysql(), MOST);
    FriendLists lists = new FriendLists(friends);
    Blacks blacks =
        new Blacks(
            new BlackStore(database.mysql(), MOST), server, () -> {}, owner -> {}, hooks, clock);
    server.serve(
        new Friends(friends, lists, server, blacks, () -> {}, hooks, clock),
        new FriendSync(friends, lists, server),
        new FriendRequests(
            new FriendRequestStore(database.mysql(), MOST), server, () -> {}, hooks, clock),
        blacks);
  }

  /** What a call that must fail fails with. */
  public <A extends Message, B extends Message> String refusal(
      String caller, MethodDescriptor<A, B> method, A request) {
    return server.refusal(caller, method, request);
  }

  /** Calls as a user. */
  public <A extends Message, B extends Message> B call(
      String caller, MethodDescriptor<A, B> method, A request) {
    return server.call(caller, method, request);
  }

  void apply(String from, String to) {
    call(
        from,
        friendGrpc.getApplyToAddFriendMethod(),
        applyToAddFriendReq.newBuilder().setFromUserID(from).setToUserID(to).build());
  }

  void respond(String from, String to, int result) {
    call(
        to,
        friendGrpc.getRespondFriendApplyMethod(),
        respondFriendApplyReq
            .newBuilder()
            .setFromUserID(from)
            .setToUserID(to)
            .setHandleResult(result)
            .build());
  }

  void importFriends(String owner, List<String> friends) {
    call(
        RelationTestServer.ADMIN,
        friendGrpc.getImportFriendsMethod(),
        importFriendReq.newBuilder().setOwnerUserID(owner).addAllFriendUserIDs(friends).build());
  }

  void delete(String owner, String friend) {
    call(
        owner,
        friendGrpc.getDeleteFriendMethod(),
        deleteFriendReq.newBuilder().setOwnerUserID(owner).setFriendUserID(friend).build());
  }

  void remark(String owner, String friend, String remark) {
    call(
        owner,
        friendGrpc.getSetFriendRemarkMethod(),
        setFriendRemarkReq
            .newBuilder()
            .setOwnerUserID(owner)
            .setFriendUserID(friend)
            .setRemark(remark)
            .build());
  }

  void pin(String owner, List<String> friends, boolean pinned) {
    call(
        owner,
        friendGrpc.getUpdateFriendsMethod(),
        updateFriendsReq
            .newBuilder()
            .setOwnerUserID(owner)
            .addAllFriendUserIDs(friends)
            .setIsPinned(BoolValue.newBuilder().setValue(pinned))
            .build());
  }

  void block(String owner, String user) {
    call(
        owner,
        friendGrpc.getAddBlackMethod(),
        addBlackReq.newBuilder().setOwnerUserID(owner).setBlackUserID(user).build());
  }

  void unblock(String owner, String user) {
    call(
        owner,
        friendGrpc.getRemoveBlackMethod(),
        removeBlackReq.newBuilder().setOwnerUserID(owner).setBlackUserID(user).build());
  }

  isFriendResp friends(String one, String two) {
    return call(
        one,
        friendGrpc.getIsFriendMethod(),
        isFriendReq.newBuilder().setUserID1(one).setUserID2(two).build());
  }

  getPaginationFriendsResp page(String owner, int number, int size) {
    return call(
        owner,
        friendGrpc.getGetPaginationFriendsMethod(),
        getPaginationFriendsReq
            .newBuilder()
            .setUserID(owner)
            .setPagination(RequestPagination.newBuilder().setPageNumber(number).setShowNumber(size))
            .build());
  }

  getFullFriendUserIDsResp all(String owner) {
    return call(
        owner,
        friendGrpc.getGetFullFriendUserIDsMethod(),
        getFullFriendUserIDsReq.newBuilder().setUserID(owner).build());
  }

  getIncrementalFriendsResp changes(String owner, String versionId, long version) {
    return call(
        owner,
        friendGrpc.getGetIncrementalFriendsMethod(),
        getIncrementalFriendsReq
            .newBuilder()
            .setUserID(owner)
            .setVersionID(versionId)
            .setVersion(version)
            .build());
  }

  @Override
  public void close() {
    server.close();
  }
}
