package im.hongyan.auth;

import im.hongyan.auth.login.LoginSurroundings.Gateways;
import im.hongyan.kit.discovery.EveryNode;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.gateways.CloseRequest;
import im.hongyan.proto.gateways.GatewaysGrpc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All gateways. The connections of one that does not answer were let in by tokens that have ended.
 * Safe for use by several threads.
 */
final class GatewayNodes implements Gateways {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayNodes.class);

  private final EveryNode gateways;

  GatewayNodes(ServiceLocator locator) {
    gateways = new EveryNode(locator, ServiceName.GATEWAY_WS, LOG);
  }

  @Override
  public void close(String userId, int platformId, long epoch) {
    CloseRequest request =
        CloseRequest.newBuilder()
            .setUserId(userId)
            .setPlatformId(platformId)
            .setEpoch(epoch)
            .build();
    gateways.tell(GatewaysGrpc.getCloseMethod(), request, "a forced logout");
  }
}
