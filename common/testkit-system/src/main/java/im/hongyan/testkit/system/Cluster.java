package im.hongyan.testkit.system;

import im.hongyan.embedded.FreePort;
import im.hongyan.kit.config.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Every service and every store as a process of its own, found through etcd, with gRPC over TCP.
 * Tests kill and start any of them; the bench measures it. Needs the tool {@code etcd}. Used by one
 * thread; its creator closes it.
 */
public final class Cluster implements AutoCloseable {
  /** The services, in the order in which they start. */
  public enum Service {
    RPC_AUTH,
    RPC_RELATION,
    RPC_MSG,
    MSG_TRANSFER,
    PUSH_SERVICE,
    GATEWAY_WS,
    GATEWAY_HTTP;

    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final Path folder;
  private final Jvm jvm;
  private final StoreServers stores;
  private final Path config;
  private final Map<String, String> environment = new HashMap<>();
  private final Map<Service, TestProgram> programs = new EnumMap<>(Service.class);
  private final Map<Service, Integer> opsPorts = new EnumMap<>(Service.class);
  private final Map<String, TestProgram> others = new HashMap<>();
  private final SystemAddress address;

  /** Starts everything for a test; returns once all services serve. */
  public Cluster(Path folder) {
    this(folder, Jvm.light("128m"), Jvm.light("256m"), FreePort.choose(), FreePort.choose());
  }

  /**
   * Starts everything; returns once all services serve.
   *
   * @param jvm of each service
   * @param storeJvm of each store in Java
   */
  public Cluster(Path folder, Jvm jvm, Jvm storeJvm, int apiPort, int wsPort) {
    this.folder = folder;
    this.jvm = jvm;
    stores = new StoreServers(folder, storeJvm);
    config = RunningSystem.config(folder.resolve("cluster"));
    address =
        new SystemAddress(
            URI.create("http://127.0.0.1:" + apiPort),
            URI.create("ws://127.0.0.1:" + wsPort),
            RunningSystem.SECRET);
    stores.settings().forEach((key, value) -> environment.put(Settings.variable(key), value));
    environment.put("HONGYAN_SHARE_SECRET", RunningSystem.SECRET);
    environment.put("HONGYAN_GATEWAY_HTTP_PORT", Integer.toString(apiPort));
    environment.put("HONGYAN_GATEWAY_WS_PORT", Integer.toString(wsPort));
    try {
      migrate();
      for (Service service : Service.values()) {
        programs.put(service, launch(service));
      }
      for (Service service : Service.values()) {
        awaitServing(service);
      }
    } catch (RuntimeException | AssertionError e) {
      close();
      throw e;
    }
  }

  private void migrate() {
    TestProgram program =
        TestProgram.start(
            new TestProgram.JavaStart(
                "im.hongyan.server.MigrateMain",
                List.of("--config=" + config),
                Jvm.light("128m"),
                environment,
                folder.resolve("migrate.log")));
    int status = program.awaitExit();
    if (status != 0) {
      throw new AssertionError("migrate ended with " + status + ":\n" + program.output());
    }
  }

  private TestProgram launch(Service service) {
    return launch(service, service.label() + "-1", environment);
  }

  private TestProgram launch(Service service, String node, Map<String, String> variables) {
    return TestProgram.start(
        new TestProgram.JavaStart(
            "im.hongyan.server.StartMain",
            List.of(service.label(), "--node=" + node, "--config=" + config),
            jvm,
            variables,
            folder.resolve(node + ".log")));
  }

  /** Starts one more WebSocket gateway; returns the same system with its address. */
  public SystemAddress startGateway(String node) {
    int port = FreePort.choose();
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("HONGYAN_GATEWAY_WS_PORT", Integer.toString(port));
    startOther(Service.GATEWAY_WS, node, variables);
    return new SystemAddress(
        address.api(), URI.create("ws://127.0.0.1:" + port), RunningSystem.SECRET);
  }

  /** Starts one more of a service that listens for nobody outside; returns once it serves. */
  public void startOther(Service service, String node) {
    startOther(service, node, environment);
  }

  private void startOther(Service service, String node, Map<String, String> variables) {
    TestProgram program = launch(service, node, variables);
    others.put(node, program);
    program.awaitLine(serves(service), START_LIMIT);
  }

  /** Ends such a process as {@code kill -9} does. */
  public void killOther(String node) {
    Objects.requireNonNull(others.get(node)).kill();
  }

  private static Pattern serves(Service service) {
    return Pattern.compile("hongyan serves role=" + service.label() + " .*ops=(\\d+).*");
  }

  private void awaitServing(Service service) {
    Matcher line = program(service).awaitLine(serves(service), START_LIMIT);
    opsPorts.put(service, Integer.parseInt(line.group(1)));
  }

  private TestProgram program(Service service) {
    return Objects.requireNonNull(programs.get(service));
  }

  /** Where clients and tools connect. */
  public SystemAddress address() {
    return address;
  }

  /** Process ids of services and stores, by name. */
  public Map<String, Long> pids() {
    Map<String, Long> pids = new TreeMap<>(stores.pids());
    programs.forEach((service, program) -> pids.put(service.label(), program.pid()));
    others.forEach((node, program) -> pids.put(node, program.pid()));
    return pids;
  }

  /** The stores. */
  public StoreServers stores() {
    return stores;
  }

  /** Where a service shows its metrics. */
  public URI ops(Service service) {
    return URI.create("http://127.0.0.1:" + opsPorts.get(service));
  }

  /** Ends a service as {@code kill -9} does. */
  public void kill(Service service) {
    program(service).kill();
  }

  /** Waits for a line that a service prints. */
  public Matcher await(Service service, Pattern line) {
    return program(service).awaitLine(line, START_LIMIT);
  }

  /** Waits until a service has ended by itself; returns its exit status. */
  public int awaitExit(Service service) {
    return program(service).awaitExit();
  }

  /** Starts a killed service; returns once it serves. */
  public void startAgain(Service service) {
    programs.put(service, launch(service));
    awaitServing(service);
  }

  @Override
  public void close() {
    others.values().forEach(TestProgram::close);
    programs.values().forEach(TestProgram::close);
    stores.close();
  }
}
