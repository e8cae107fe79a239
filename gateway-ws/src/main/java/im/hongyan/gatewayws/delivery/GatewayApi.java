package im.hongyan.gatewayws.delivery;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.msggateway.KickUserOfflineReq;
import im.hongyan.proto.msggateway.KickUserOfflineResp;
import im.hongyan.proto.msggateway.MsgGatewayProto;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import io.grpc.stub.StreamObserver;

/** What other services ask of a gateway (websocket.md 9.1). */
public final class GatewayApi extends msgGatewayGrpc.msgGatewayImplBase {
  private static final ResponseFrame KICK = new ResponseFrame(2002, "", "", 0, "", null);

  private final ConnectionRegistry registry;

  /** Creates the face. */
  public GatewayApi(ConnectionRegistry registry) {
    this.registry = registry;
  }

  /** Who may call what; methods that are not built have no entry and are refused. */
  public static AuthorisationTable access() {
    var service = MsgGatewayProto.getDescriptor().findServiceByName("msgGateway");
    return AuthorisationTable.builder()
        .allow(service, "KickUserOffline", Access.internal())
        .build();
  }

  @Override
  public void kickUserOffline(
      KickUserOfflineReq request, StreamObserver<KickUserOfflineResp> reply) {
    Unary.reply(
        reply,
        () -> {
          Platform platform =
              Platform.of(request.getPlatformID())
                  .orElseThrow(() -> ImError.ARGS.with("platformID is invalid"));
          for (String user : request.getKickUserIDListList()) {
            registry.of(user).stream()
                .filter(connection -> connection.platform() == platform)
                .forEach(this::kick);
          }
          return KickUserOfflineResp.getDefaultInstance();
        });
  }

  private void kick(ClientConnection connection) {
    registry.remove(connection);
    connection.sendAndClose(KICK);
  }
}
