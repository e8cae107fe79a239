package im.hongyan.auth;

import im.hongyan.auth.login.LoginDependencies.Gateways;
import im.hongyan.kit.discovery.Broadcast;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.gatewaypeer.CloseRequest;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import im.hongyan.wire.id.UserId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All gateways. The connections of one that does not answer were let in by tokens that have ended.
 * Safe for use by several threads.
 */
final class GatewayNodes implements Gateways {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayNodes.class);

  private final Broadcast gateways;

  GatewayNodes(ServiceLocator locator) {
    gateways = new Broadcast(locator, ServiceName.GATEWAY_WS, LOG);
  }

  @Override
  public void close(UserId userId, int platformId, long epoch) {
    CloseRequest request =
        CloseRequest.newBuilder()
            .setUserId(userId.value())
            .setPlatformId(platformId)
            .setEpoch(epoch)
            .build();
    gateways.call(GatewayPeerGrpc.getCloseMethod(), request, "a forced logout");
  }
}
