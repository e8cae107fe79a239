package im.hongyan.gatewayws.login;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.gatewaypeer.CloseAnswer;
import im.hongyan.proto.gatewaypeer.CloseRequest;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.gatewaypeer.LoginVerdict;
import im.hongyan.wire.authz.Caller;

/** What other gateways, and rpc-auth, ask about logins. Safe for use by several threads. */
public final class PeerLogins implements Feature {
  private final LoginService logins;

  public PeerLogins(LoginService logins) {
    this.logins = logins;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(GatewayPeerGrpc.getCheckLoginMethod(), this::checkLogin);
    rpcs.unary(GatewayPeerGrpc.getCloseMethod(), this::close);
  }

  private LoginVerdict checkLogin(Caller caller, LoginCheck request) {
    return logins.check(request);
  }

  private CloseAnswer close(Caller caller, CloseRequest request) {
    logins.close(
        request.getUserId(), LoginService.platform(request.getPlatformId()), request.getEpoch());
    return CloseAnswer.getDefaultInstance();
  }
}
