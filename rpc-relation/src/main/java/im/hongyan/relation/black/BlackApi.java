package im.hongyan.relation.black;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.relation.RelationProto;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isBlackResp;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;

/** The gRPC face of blacklists, which the protocol keeps in its friend service. */
public final class BlackApi extends friendGrpc.friendImplBase {
  private final BlackStore blacks;

  /** Creates the face. */
  public BlackApi(BlackStore blacks) {
    this.blacks = blacks;
  }

  /** Who may call what; methods that are not built have no entry and are refused. */
  public static AuthorisationTable access() {
    var service = RelationProto.getDescriptor().findServiceByName("friend");
    return AuthorisationTable.builder()
        .allow(service, "isBlack", Access.self("userID1", "userID2"))
        .build();
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
}
