package im.hongyan.gatewayws;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.platform.ShareConfig;

/**
 * Settings of the WebSocket gateway.
 *
 * @param maxConnections connections of this node
 * @param maxFrameBytes a message on the wire, all fragments together
 * @param maxInflatedBytes a message after gunzip
 */
public record GatewayWsConfig(
    ShareConfig share,
    String listen,
    int port,
    int maxConnections,
    int maxFrameBytes,
    int maxInflatedBytes) {
  /** Reads section {@code gateway.ws}. */
  public static GatewayWsConfig from(Settings settings) {
    return new GatewayWsConfig(
        ShareConfig.from(settings),
        settings.text("gateway.ws.listen", "127.0.0.1"),
        settings.number("gateway.ws.port", 10001, 0, 65_535),
        settings.number("gateway.ws.maxConnections", 100_000, 1, 10_000_000),
        settings.number("gateway.ws.maxFrameBytes", 51_200, 51_200, 16_777_216),
        settings.number("gateway.ws.maxInflatedBytes", 1_048_576, 51_200, 16_777_216));
  }
}
