package im.hongyan.gatewayhttp;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.platform.ShareConfig;

/** Settings of the HTTP gateway. */
public record GatewayHttpConfig(ShareConfig share, String listen, int port, int maxBodyBytes) {
  /** Reads section {@code gateway.http}. */
  public static GatewayHttpConfig from(Settings settings) {
    return new GatewayHttpConfig(
        ShareConfig.from(settings),
        settings.text("gateway.http.listen", "127.0.0.1"),
        settings.number("gateway.http.port", 10002, 0, 65_535),
        settings.number("gateway.http.maxBodyBytes", 8_388_608, 1_024, 16_777_216));
  }
}
