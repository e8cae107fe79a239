package im.hongyan.server;

import im.hongyan.drivers.etcd.Etcd;
import im.hongyan.drivers.etcd.EtcdServiceRegistry;
import im.hongyan.kit.config.ConfigCentre;
import im.hongyan.kit.config.LocalConfigCentre;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.kit.discovery.NetworkLocator;
import im.hongyan.kit.http.HttpServer;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.logging.Logging;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One role in a process of its own, over stores and other processes found through the settings. Its
 * creator closes it.
 */
public final class ServiceProcess implements AutoCloseable {
  private static final int LEAST_OPEN_FILES = 512;
  private static final int MAX_OPS_BODY_BYTES = 1024;

  private final ServerProcess process;
  private final String announcement;

  private ServiceProcess(ServerProcess process, String announcement) {
    this.process = process;
    this.announcement = announcement;
  }

  /**
   * Starts a role and returns once it serves and can be found.
   *
   * @param file the YAML file; may be missing
   * @param environment variables of the process
   * @param overrides settings from the command line
   * @param restart lets this process end so that it is started again
   * @throws im.hongyan.kit.config.ConfigException when a setting cannot be used
   * @throws RuntimeException when a store or etcd does not answer, with one clear line
   */
  public static ServiceProcess start(
      Role role,
      Path file,
      Map<String, String> environment,
      Map<String, String> overrides,
      Runnable restart) {
    Settings own = Settings.load(file, environment, overrides);
    AllSettings asked = AllSettings.read(own);
    Logging.start(own);
    OpenFiles.require(LEAST_OPEN_FILES);
    ListenAddress.requireFree(addresses(role, own, asked.process()));
    Lifecycle lifecycle = new Lifecycle();
    boolean serves = false;
    try {
      ServiceProcess process =
          asked.process().usesEtcd()
              ? startWithEtcd(role, own, asked, lifecycle, restart)
              : start(
                  role,
                  asked,
                  asked.process().locator(role),
                  lifecycle,
                  new LocalConfigCentre(own, null),
                  MetricsTargets.NONE);
      serves = true;
      return process;
    } finally {
      if (!serves) {
        lifecycle.close();
      }
    }
  }

  private static List<ListenAddress> addresses(Role role, Settings settings, ProcessConfig config) {
    List<ListenAddress> addresses = new ArrayList<>(role.addresses(settings));
    addresses.add(config.opsAddress());
    addresses.add(config.rpcAddress());
    return addresses;
  }

  private static ServiceProcess startWithEtcd(
      Role role, Settings own, AllSettings asked, Lifecycle lifecycle, Runnable restart) {
    Etcd etcd = lifecycle.add("etcd", Etcd.open(asked.process().etcd()));
    EtcdConfigCentre.Start start = EtcdConfigCentre.start(etcd, own, asked);
    if (start.settings() != own) {
      Logging.start(start.settings());
    }
    EtcdConfigCentre centre =
        lifecycle.add(
            "settings", new EtcdConfigCentre(etcd, own, start, InstantSource.system(), restart));
    MetricsTargets targets =
        role == Role.GATEWAY_HTTP
            ? lifecycle.add("metrics targets", new EtcdMetricsTargets(etcd))
            : MetricsTargets.NONE;
    ProcessConfig config = start.all().process();
    ServiceProcess serving =
        start(
            role,
            start.all(),
            config.locator(role, new EtcdServiceRegistry(etcd)),
            lifecycle,
            centre,
            targets);
    EtcdMetricsTargets.register(
        etcd, role, config.nodeId(role), config.opsTarget(serving.process.port("ops")));
    return serving;
  }

  private static ServiceProcess start(
      Role role,
      AllSettings all,
      NetworkLocator locator,
      Lifecycle lifecycle,
      ConfigCentre centre,
      MetricsTargets targets) {
    ProcessConfig config = all.process();
    ServerProcess process =
        new ServerProcess(
            all.stores(),
            config.nodeId(role),
            locator,
            lifecycle,
            centre,
            targets,
            Stores.Preparation.REQUIRE);
    HttpServer ops = managementEndpoints(config, process, lifecycle);
    process.serves("ops", ops.port());
    process.start(List.of(all.starter(role)));
    locator.port().ifPresent(port -> process.serves("rpc", port));
    return new ServiceProcess(process, announce(role, config, process));
  }

  /** Serves the operators' pages of a process. */
  public static HttpServer managementEndpoints(
      ProcessConfig config, ServerProcess process, Lifecycle lifecycle) {
    return lifecycle.add(
        "operator pages",
        new HttpServer(
            new InetSocketAddress(config.opsListen(), config.opsPort()),
            MAX_OPS_BODY_BYTES,
            process.managementEndpoints()));
  }

  private static String announce(Role role, ProcessConfig config, ServerProcess process) {
    StringBuilder line =
        new StringBuilder("hongyan serves role=")
            .append(role.label())
            .append(" node=")
            .append(config.nodeId(role));
    process.ports().forEach((name, port) -> line.append(' ').append(name).append('=').append(port));
    return line.toString();
  }

  /**
   * What the process prints once: {@code hongyan serves role=gateway-ws node=ID ops=PORT rpc=PORT
   * ws=PORT}, ports in the order of their names and only those that it has.
   */
  public String announcement() {
    return announcement;
  }

  @Override
  public void close() {
    process.close();
  }
}
