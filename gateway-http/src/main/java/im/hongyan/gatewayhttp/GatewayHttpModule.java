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
   * @param operator answers the operators' pages of this process
   */
  public static HttpServer start(
      GatewayHttpConfig config, Platform platform, HttpHandler operator) {
    Gateway gateway = new Gateway(platform.locator(), platform.meters());
    HttpHandler all =
        call ->
            call.method().equals("GET") && OPERATOR_PATHS.contains(call.path())
                ? operator.handle(call)
                : gateway.handle(call);
    return platform
        .lifecycle()
        .add(
            "http server",
            new HttpServer(
                new InetSocketAddress(config.listen(), config.port()), config.maxBodyBytes(), all));
  }
}
