package im.hongyan.server;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.NetworkLocator;
import im.hongyan.kit.http.HttpServer;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.logging.Logging;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
   * @throws im.hongyan.kit.config.ConfigException when a setting cannot be used
   * @throws RuntimeException when a store or etcd does not answer, with one clear line
   */
  public static ServiceProcess start(
      Role role, Path file, Map<String, String> environment, Map<String, String> overrides) {
    Settings settings = Settings.load(file, environment, overrides);
    // Every role reads its section, since all processes of an installation share one file.
    Map<Role, Role.Starter> parts = new EnumMap<>(Role.class);
    for (Role each : Role.values()) {
      parts.put(each, each.prepare(settings));
    }
    Role.Starter part = Objects.requireNonNull(parts.get(role));
    ProcessConfig config = ProcessConfig.from(settings);
    StoresConfig.from(settings);
    Logging.start(settings);
    settings.refuseUnknown();
    OpenFiles.require(LEAST_OPEN_FILES);
    List<ListenAddress> addresses = new ArrayList<>(role.addresses(settings));
    addresses.add(config.opsAddress());
    addresses.add(config.rpcAddress());
    ListenAddress.requireFree(addresses);
    Lifecycle lifecycle = new Lifecycle();
    boolean serves = false;
    try {
      NetworkLocator locator = config.locator(role);
      ServerProcess process = new ServerProcess(settings, config.nodeId(role), locator, lifecycle);
      HttpServer ops = managementEndpoints(config, process, lifecycle);
      process.serves("ops", ops.port());
      process.start(List.of(part));
      locator.port().ifPresent(port -> process.serves("rpc", port));
      serves = true;
      return new ServiceProcess(process, announce(role, config, process));
    } finally {
      if (!serves) {
        lifecycle.close();
      }
    }
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
