package im.hongyan.gatewayws.login;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.gateways.CloseAnswer;
import im.hongyan.proto.gateways.CloseRequest;
import im.hongyan.proto.gateways.GatewaysGrpc;
import im.hongyan.proto.gateways.GatewaysProto;
import im.hongyan.proto.gateways.LoginCheck;
import im.hongyan.proto.gateways.LoginVerdict;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import io.grpc.stub.StreamObserver;

/** What other gateways, and rpc-auth, ask about logins. */
public final class GatewaysApi extends GatewaysGrpc.GatewaysImplBase {
  private final LoginService logins;

  /** Creates the face. */
  public GatewaysApi(LoginService logins) {
    this.logins = logins;
  }

  /** Only our own services. */
  public static AuthorisationTable access() {
    var service = GatewaysProto.getDescriptor().findServiceByName("Gateways");
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
