package im.hongyan.gatewayhttp;

import im.hongyan.kit.http.HttpHandler;
import im.hongyan.kit.http.HttpServer;
import im.hongyan.kit.platform.Platform;
import java.net.InetSocketAddress;
import java.util.Set;

/** The HTTP gateway put together. */
public final class GatewayHttpModule {
  private static final Set<String> OPERATOR_PATHS = Set.of("/healthz", "/readyz", "/metrics");

  private GatewayHttpModule() {}

  /**
   * Serves REST; the platform's lifecycle ends it.
   *
   * @param operator answers the operators' pages of this process; beyond loopback they are not
   *     shown to those who reach the gateway
   */
  public static HttpServer start(
      GatewayHttpConfig config, Platform platform, HttpHandler operator) {
    Gateway gateway =
        new Gateway(platform.locator(), platform.meters(), config.share().maxConcurrentCalls());
    InetSocketAddress address = new InetSocketAddress(config.listen(), config.port());
    boolean local = address.getAddress() != null && address.getAddress().isLoopbackAddress();
    HttpHandler all =
        call ->
            local && call.method().equals("GET") && OPERATOR_PATHS.contains(call.path())
                ? operator.handle(call)
                : gateway.handle(call);
    return platform
        .lifecycle()
        .add("http server", new HttpServer(address, config.maxBodyBytes(), all));
  }
}
