package im.hongyan.push.token;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.push.DelUserPushTokenResp;
import im.hongyan.proto.push.PushMsgServiceGrpc;
import im.hongyan.wire.authz.Caller;

/** Push tokens of users' devices (websocket.md 4.4, request 2003). Safe for several threads. */
public final class PushTokens implements Feature {
  private final PushTokenStore tokens;

  public PushTokens(PushTokenStore tokens) {
    this.tokens = tokens;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(PushMsgServiceGrpc.getDelUserPushTokenMethod(), this::delete);
  }

  private DelUserPushTokenResp delete(Caller caller, DelUserPushTokenReq request) {
    tokens.delete(request.getUserID(), request.getPlatformID());
    return DelUserPushTokenResp.getDefaultInstance();
  }
}
