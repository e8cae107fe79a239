package im.hongyan.gatewayhttp;

import im.hongyan.gatewayhttp.openapi.OpenApiPages;
import im.hongyan.kit.config.ConfigCentre;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.http.BodyAdmission;
import im.hongyan.kit.http.HttpHandler;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.kit.http.HttpServer;
import im.hongyan.kit.http.HttpServerConfig;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.kit.tls.ServerTls;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The HTTP gateway put together. */
public final class GatewayHttpModule {
  private static final Set<String> OPERATOR_PATHS = Set.of("/healthz", "/readyz", "/metrics");

  private GatewayHttpModule() {}

  /**
   * Serves REST; the platform's lifecycle ends it.
   *
   * @param operations whose pages are, beyond loopback, not shown to those who reach the gateway
   * @throws im.hongyan.kit.config.ConfigException when the TLS files cannot be used
   */
  public static HttpServer start(
      GatewayHttpConfig config, ServiceContext context, Operations operations) {
    GatewayHttpConfig.Limits limits = config.limits();
    AnswerReports reports =
        context
            .lifecycle()
            .add("answer reports", new AnswerReports(context.locator(), context.meters()));
    context.readiness().add("answer reports", reports::isRunning);
    InetSocketAddress address = new InetSocketAddress(config.listen(), config.port());
    boolean local = address.getAddress() != null && address.getAddress().isLoopbackAddress();
    Gateway gateway =
        new Gateway(
            context.locator(),
            context.meters(),
            admission(config, context.meters()),
            reports,
            ownRoutes(
                context.locator(), config.share().admins(), context.clock(), operations.centre()),
            new PrometheusTargets(operations.targets()).reads(),
            config.openApi().isServed(local) ? OpenApiPages.create() : Map.of());
    HttpServerConfig server =
        new HttpServerConfig(
            address,
            limits.memory(),
            config.tls().map(files -> context.lifecycle().add("http TLS", ServerTls.open(files))),
            limits.clients(),
            limits.maxConnections(),
            limits.maxConnectionsPerAddress(),
            limits.requestTimeout(),
            config.compression());
    HttpServer serving =
        context
            .lifecycle()
            .add(
                "http server",
                new HttpServer(
                    server,
                    context.meters(),
                    local ? new Front(operations.pages(), gateway) : gateway));
    context.lifecycle().addDrain("http server", serving::drain);
    return serving;
  }

  /** The routes that the gateway answers itself. */
  static Map<String, OwnRoute> ownRoutes(
      ServiceLocator locator, Set<String> adminIds, InstantSource clock, ConfigCentre centre) {
    Map<String, OwnRoute> routes = new HashMap<>();
    routes.putAll(new OnlineStatusRoutes(locator, adminIds).routes());
    MessageComposer composer = new MessageComposer(locator, clock);
    routes.putAll(new MessageRoutes(locator, adminIds, composer, clock).routes());
    routes.putAll(new BatchRoutes(locator, adminIds, composer).routes());
    routes.putAll(new JsSdkRoutes(locator).routes());
    routes.putAll(new ConfigRoutes(centre, adminIds).routes());
    return routes;
  }

  private static Admission admission(GatewayHttpConfig config, MeterRegistry meters) {
    GatewayHttpConfig.Limits limits = config.limits();
    int atOnce = config.share().maxConcurrentCalls();
    return new Admission(
        new ConcurrencyLimit("http", atOnce, meters),
        atOnce,
        new RequestRates(limits.clients(), config.share().admins(), limits.rates(), meters),
        new SecretGuesses(limits.clients(), limits.secretGuessesPerMinute()));
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
