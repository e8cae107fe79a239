package im.hongyan.relation.friend;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.relation.RelationProto;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.addBlackResp;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isBlackResp;
import im.hongyan.proto.relation.isFriendReq;
import im.hongyan.proto.relation.isFriendResp;
import im.hongyan.relation.black.BlackService;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;
import java.util.Set;

/** The gRPC endpoint of friends and of blacklists, which the protocol keeps in one service. */
public final class FriendApi extends friendGrpc.friendImplBase {
  private final FriendStore friends;
  private final BlackService blacks;
  private final Set<String> adminIds;

  /** Creates the endpoint. */
  public FriendApi(FriendStore friends, BlackService blacks, Set<String> adminIds) {
    this.friends = friends;
    this.blacks = blacks;
    this.adminIds = Set.copyOf(adminIds);
  }

  /**
   * Who may call what; methods that are not built have no entry and are refused. Where the protocol
   * wants arguments refused before rights, the service decides.
   */
  public static AuthorisationTable access() {
    var service = RelationProto.getDescriptor().findServiceByName("friend");
    return AuthorisationTable.builder()
        .allow(service, "isFriend", Access.self("userID1", "userID2"))
        .allow(service, "isBlack", Access.self("userID1", "userID2"))
        .allow(service, "addBlack", Access.anyUser())
        .build();
  }

  @Override
  public void isFriend(isFriendReq request, StreamObserver<isFriendResp> reply) {
    Unary.reply(
        reply,
        () ->
            isFriendResp
                .newBuilder()
                .setInUser1Friends(friends.contains(request.getUserID1(), request.getUserID2()))
                .setInUser2Friends(friends.contains(request.getUserID2(), request.getUserID1()))
                .build());
  }

  @Override
  public void isBlack(isBlackReq request, StreamObserver<isBlackResp> reply) {
    Unary.reply(
        reply,
        () ->
            isBlackResp
                .newBuilder()
                .setInUser1Blacks(blacks.contains(request.getUserID1(), request.getUserID2()))
                .setInUser2Blacks(blacks.contains(request.getUserID2(), request.getUserID1()))
                .build());
  }

  @Override
  public void addBlack(addBlackReq request, StreamObserver<addBlackResp> reply) {
    Unary.reply(
        reply,
        () -> {
          blacks.add(
              CallContext.current().caller(adminIds),
              request.getOwnerUserID(),
              request.getBlackUserID(),
              request.getEx());
          return addBlackResp.getDefaultInstance();
        });
  }
}
