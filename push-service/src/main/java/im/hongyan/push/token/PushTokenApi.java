package im.hongyan.push.token;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.push.DelUserPushTokenResp;
import im.hongyan.proto.push.PushMsgServiceGrpc;
import im.hongyan.proto.push.PushProto;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Platform;
import io.grpc.stub.StreamObserver;

/** The gRPC endpoint of push tokens (websocket.md 4.4, request 2003). */
public final class PushTokenApi extends PushMsgServiceGrpc.PushMsgServiceImplBase {
  private final PushTokenStore tokens;

  /** Creates the endpoint. */
  public PushTokenApi(PushTokenStore tokens) {
    this.tokens = tokens;
  }

  /** Who may call what; methods that are not built have no entry and are refused. */
  public static AuthorisationTable access() {
    var service = PushProto.getDescriptor().findServiceByName("PushMsgService");
    return AuthorisationTable.builder()
        .allow(service, "DelUserPushToken", Access.self("userID"))
        .build();
  }

  @Override
  public void delUserPushToken(
      DelUserPushTokenReq request, StreamObserver<DelUserPushTokenResp> reply) {
    Unary.reply(
        reply,
        () -> {
          if (request.getUserID().isEmpty()) {
            throw ImError.ARGS.with("userID is empty");
          }
          if (Platform.of(request.getPlatformID()).isEmpty()) {
            throw ImError.ARGS.with("no platform " + request.getPlatformID());
          }
          tokens.delete(request.getUserID(), request.getPlatformID());
          return DelUserPushTokenResp.getDefaultInstance();
        });
  }
}
