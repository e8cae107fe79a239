package im.hongyan.gatewayhttp;

import im.hongyan.kit.http.BodyAdmission;
import im.hongyan.kit.http.HttpHandler;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.kit.http.HttpServer;
import im.hongyan.kit.http.HttpServerConfig;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.kit.tls.ServerTls;
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
   * @throws im.hongyan.kit.config.ConfigException when the TLS files cannot be used
   */
  public static HttpServer start(
      GatewayHttpConfig config, ServiceContext context, HttpHandler operator) {
    GatewayHttpConfig.Limits limits = config.limits();
    AnswerReports reports =
        context
            .lifecycle()
            .add("answer reports", new AnswerReports(context.locator(), context.meters()));
    context.readiness().add("answer reports", reports::isRunning);
    Gateway gateway =
        new Gateway(
            context.locator(),
            context.meters(),
            config.share().maxConcurrentCalls(),
            new SecretGuesses(limits.clients(), limits.secretGuessesPerMinute()),
            reports);
    InetSocketAddress address = new InetSocketAddress(config.listen(), config.port());
    HttpServerConfig server =
        new HttpServerConfig(
            address,
            limits.memory(),
            config.tls().map(files -> context.lifecycle().add("http TLS", ServerTls.open(files))),
            limits.clients(),
            limits.maxConnections(),
            limits.maxConnectionsPerAddress(),
            limits.requestTimeout());
    boolean local = address.getAddress() != null && address.getAddress().isLoopbackAddress();
    HttpServer serving =
        context
            .lifecycle()
            .add(
                "http server",
                new HttpServer(
                    server, context.meters(), local ? new Front(operator, gateway) : gateway));
    context.lifecycle().addDrain("http server", serving::drain);
    return serving;
  }

  /** The operators' pages before the gateway. */
  private record Front(HttpHandler operator, Gateway gateway) implements HttpHandler {
    @Override
    public HttpResponse handle(HttpRequest call) throws Exception {
      return isOperators(call) ? operator.handle(call) : gateway.handle(call);
    }

    @Override
    public BodyAdmission admit(HttpRequest head) throws Exception {
      return isOperators(head) ? operator.admit(head) : gateway.admit(head);
    }

    private static boolean isOperators(HttpRequest call) {
      return call.method().equals("GET") && OPERATOR_PATHS.contains(call.path());
    }

    @Override
    public HttpResponse refuse(int status) {
      return gateway.refuse(status);
    }
  }
}
