package im.hongyan.gatewayws.login;

import im.hongyan.gatewayws.presence.GatewayPresence;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.call.ThrowingSupplier;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.gatewaypeer.LoginVerdict;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.proto.login.ConnectRequest;
import im.hongyan.proto.login.EndTokensRequest;
import im.hongyan.proto.login.EndedToken;
import im.hongyan.proto.login.LoginsGrpc;
import im.hongyan.wire.error.ImError;
import io.grpc.Channel;
import java.util.List;
import java.util.Set;

/** Asks rpc-auth and the other gateways over gRPC. Safe for use by several threads. */
public final class RpcLoginPeers implements LoginPeers {
  private final ServiceLocator locator;
  private final GatewayPresence presence;

  public RpcLoginPeers(ServiceLocator locator, GatewayPresence presence) {
    this.locator = locator;
    this.presence = presence;
  }

  @Override
  public ConnectAnswer connect(String operationId, String token) {
    return asService(
        operationId,
        () ->
            RpcChannels.call(
                locator.channel(ServiceName.AUTH),
                LoginsGrpc.getConnectMethod(),
                ConnectRequest.newBuilder().setToken(token).build()));
  }

  @Override
  public void endTokens(String operationId, List<EndedToken> tokens) {
    asService(
        operationId,
        () ->
            RpcChannels.call(
                locator.channel(ServiceName.AUTH),
                LoginsGrpc.getEndTokensMethod(),
                EndTokensRequest.newBuilder().addAllTokens(tokens).build()));
  }

  @Override
  public Set<String> holders(String userId) {
    return presence.otherHolders(userId);
  }

  @Override
  public LoginVerdict check(String operationId, String nodeId, LoginCheck login) {
    Channel channel = locator.nodes(ServiceName.GATEWAY_WS).get(nodeId);
    if (channel == null) {
      throw ImError.INTERNAL.with("gateway " + nodeId + " is gone");
    }
    return asService(
        operationId, () -> RpcChannels.call(channel, GatewayPeerGrpc.getCheckLoginMethod(), login));
  }

  private static <T> T asService(String operationId, ThrowingSupplier<T, RuntimeException> body) {
    return CallContext.service(operationId).call(body);
  }
}
