package im.hongyan.gatewayws.connect;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;

/** Checks whether the token of a connecting client is good (websocket.md 1.3, checks 10 to 12). */
public final class Login {
  private final ServiceLocator locator;

  /** Creates a check that asks rpc-auth. */
  public Login(ServiceLocator locator) {
    this.locator = locator;
  }

  /**
   * Checks; blocks.
   *
   * @throws ImException 1501 to 1507, or 500 when rpc-auth does not answer
   */
  public void check(ConnectArguments arguments) {
    CallContext context =
        CallContext.user(
            arguments.operationId(), arguments.userId(), arguments.platform().label(), "");
    parseTokenResp owner;
    try {
      owner =
          context.call(() ->
              RpcChannels.call(
                  locator.channel(ServiceName.AUTH),
                  AuthGrpc.getParseTokenMethod(),
                  parseTokenReq.newBuilder().setToken(arguments.token()).build()));
    } catch (ImException e) {
      throw e;
    } catch (Exception e) {
      throw ImException.internal(String.valueOf(e.getMessage()), e);
    }
    if (!owner.getUserID().equals(arguments.userId())) {
      throw ImError.TOKEN_INVALID.with(
          "token uid " + owner.getUserID() + " != userID " + arguments.userId());
    }
    if (owner.getPlatformID() != arguments.platform().number()) {
      throw ImError.TOKEN_INVALID.with(
          "token platform "
              + owner.getPlatformID()
              + " != platformID "
              + arguments.platform().number());
    }
  }
}
