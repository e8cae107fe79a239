package im.hongyan.benchservers;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.gatewayws.GatewayWsModule;
import im.hongyan.gatewayws.config.GatewayWsConfig;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.http.HttpServer;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.logging.Logging;
import im.hongyan.kit.metrics.ManagementEndpoints;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench gateway}: the WebSocket gateway with an echo behind it. */
@Command(
    name = "hongyan bench gateway",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Serves the real WebSocket gateway over an embedded Redis, with services behind it that accept "
            + "everything and store nothing: what is measured against it is the gateway. For one-to-one, "
            + "group-fanout, connect-storm and idle.")
public final class GatewayAlone implements Callable<Integer> {
  private static final int MAX_BODY_BYTES = 8 << 20;

  @Option(names = "--api-port", paramLabel = "PORT", description = "REST (${DEFAULT-VALUE})")
  private int apiPort = 10_002;

  @Option(names = "--ws-port", paramLabel = "PORT", description = "WebSocket (${DEFAULT-VALUE})")
  private int wsPort = 10_001;

  private GatewayAlone() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new GatewayAlone()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.start(Settings.load(Path.of("config/hongyan.yml"), System.getenv(), Map.of()));
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    try (Lifecycle lifecycle = new Lifecycle()) {
      Runtime.getRuntime().addShutdownHook(new Thread(lifecycle::close));
      serve(lifecycle);
      out.printf("gateway on ws://127.0.0.1:%d, REST on http://127.0.0.1:%d%n", wsPort, apiPort);
      new CountDownLatch(1).await();
    }
    return 0;
  }

  private void serve(Lifecycle lifecycle) {
    Map<String, String> settings =
        new HashMap<>(
            EmbeddedStores.start(
                EnumSet.of(EmbeddedStores.Kind.REDIS),
                lifecycle.add("data", DataFolder.ephemeral()),
                lifecycle));
    settings.put("gateway.ws.port", Integer.toString(wsPort));
    Settings all = Settings.load(Path.of("config/none.yml"), System.getenv(), settings);
    String uri = Objects.requireNonNull(settings.get("redis.uri"));
    Redis redis = lifecycle.add("redis", Redis.open(new Secret(uri)));
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    InProcessLocator locator = lifecycle.add("locator", new InProcessLocator("gateway"));
    ConcurrentMap<String, List<String>> groups = new ConcurrentHashMap<>();
    EchoServices echo = lifecycle.add("echo", new EchoServices(locator, groups));
    ShareConfig share = ShareConfig.from(all);
    locator.serve(ServiceName.AUTH, services(echo::registerAuth, share));
    locator.serve(ServiceName.MSG, services(echo::registerMsg, share));
    Readiness readiness = new Readiness();
    ServiceContext context =
        new ServiceContext(
            "gateway", InstantSource.system(), meters, locator, lifecycle, readiness);
    GatewayWsModule.start(GatewayWsConfig.from(all), context, redis);
    lifecycle.add(
        "rest",
        new HttpServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), apiPort),
            MAX_BODY_BYTES,
            new EchoRoutes(groups, new ManagementEndpoints(meters, readiness))));
  }

  private static List<ServerServiceDefinition> services(Feature echo, ShareConfig share) {
    return new Rpcs(share, new SimpleMeterRegistry()).add(echo).services();
  }
}
