package im.hongyan.server;

import im.hongyan.drivers.etcd.EtcdConfig;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.NetworkLocator;
import im.hongyan.kit.discovery.ServiceRegistry;
import im.hongyan.kit.discovery.StaticRegistry;
import im.hongyan.kit.rpc.RpcConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * What a process of one role needs to be one of many.
 *
 * @param nodeId name of the process; empty for the host's name with the role's
 * @param discovery where processes find each other
 * @param opsListen where the operators' pages are served
 * @param opsPort 0 for a free one
 */
public record ProcessConfig(
    String nodeId,
    ShareConfig share,
    RpcConfig rpc,
    Discovery discovery,
    StaticRegistry list,
    EtcdConfig etcd,
    String opsListen,
    int opsPort) {
  /** Where processes find each other. */
  enum Discovery {
    ETCD,
    STATIC
  }

  /**
   * Reads sections {@code node}, {@code rpc}, {@code discovery}, {@code etcd} and {@code ops}.
   *
   * @throws ConfigException when something cannot be used
   */
  public static ProcessConfig from(Settings settings) {
    String nodeId = settings.text("node.id", "");
    if (!nodeId.matches("[A-Za-z0-9._-]*")) {
      throw new ConfigException(
          "node.id may hold letters, digits, dots, dashes and underscores, not '" + nodeId + "'");
    }
    return new ProcessConfig(
        nodeId,
        ShareConfig.from(settings),
        RpcConfig.from(settings),
        discovery(settings.text("discovery.kind", "etcd")),
        StaticRegistry.from(settings),
        EtcdConfig.from(settings),
        settings.text("ops.listen", "127.0.0.1"),
        settings.number("ops.port", 0, 0, 65_535));
  }

  /** Where operators' pages are served. */
  public ListenAddress opsAddress() {
    return new ListenAddress("ops", "http", opsListen, opsPort);
  }

  /** Where other processes call this one. */
  ListenAddress rpcAddress() {
    return new ListenAddress("rpc", "grpc", rpc.listen(), rpc.port());
  }

  private static Discovery discovery(String kind) {
    return switch (kind) {
      case "etcd" -> Discovery.ETCD;
      case "static" -> Discovery.STATIC;
      default ->
          throw new ConfigException("discovery.kind must be etcd or static, not '" + kind + "'");
    };
  }

  /** The name of the process that takes a role; the same after every restart. */
  String nodeId(Role role) {
    if (!nodeId.isEmpty()) {
      return nodeId;
    }
    try {
      return InetAddress.getLocalHost().getHostName() + "-" + role.label();
    } catch (UnknownHostException e) {
      throw new ConfigException("set node.id: this machine does not know its own name");
    }
  }

  /** Whether processes find each other through etcd. */
  boolean usesEtcd() {
    return discovery == Discovery.ETCD;
  }

  /** Finds the others in the fixed list; the caller closes it. */
  NetworkLocator locator(Role role) {
    return locator(role, list);
  }

  /** Finds the others through a registry, which is closed with it; the caller closes it. */
  NetworkLocator locator(Role role, ServiceRegistry registry) {
    return new NetworkLocator(nodeId(role), rpc, share.secret(), registry);
  }

  /**
   * Where Prometheus finds the operators' pages: their address, or that of calls where they are
   * served on all.
   *
   * @param port as bound
   */
  String opsTarget(int port) {
    try {
      boolean all = InetAddress.getByName(opsListen).isAnyLocalAddress();
      String host = all ? rpc.advertise() : opsListen;
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    } catch (UnknownHostException e) {
      throw new ConfigException(opsListen + " is not an address to listen on");
    }
  }
}
