package im.hongyan.gatewayws.login;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.gatewaypeer.CloseAnswer;
import im.hongyan.proto.gatewaypeer.CloseRequest;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import im.hongyan.proto.gatewaypeer.GatewayPeerProto;
import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.gatewaypeer.LoginVerdict;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;

/** What other gateways, and rpc-auth, ask about logins. */
public final class GatewayPeerApi extends GatewayPeerGrpc.GatewayPeerImplBase {
  private final LoginService logins;

  /** Creates the endpoint. */
  public GatewayPeerApi(LoginService logins) {
    this.logins = logins;
  }

  /** Only our own services. */
  public static AuthorisationTable access() {
    var service = GatewayPeerProto.getDescriptor().findServiceByName("Gateways");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "CheckLogin", Access.internal())
        .allow(service, "Close", Access.internal())
        .build();
  }

  @Override
  public void checkLogin(LoginCheck request, StreamObserver<LoginVerdict> reply) {
    Unary.reply(reply, () -> logins.check(request));
  }

  @Override
  public void close(CloseRequest request, StreamObserver<CloseAnswer> reply) {
    Unary.reply(
        reply,
        () -> {
          logins.close(
              request.getUserId(),
              LoginService.platform(request.getPlatformId()),
              request.getEpoch());
          return CloseAnswer.getDefaultInstance();
        });
  }
}
