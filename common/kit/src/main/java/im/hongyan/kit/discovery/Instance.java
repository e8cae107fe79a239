package im.hongyan.kit.discovery;

/**
 * A process that serves something.
 *
 * @param nodeId name of the process, unique in the deployment and stable over restarts
 * @param host name or address that other processes reach it by
 */
public record Instance(String nodeId, String host, int port) {
  private static final int MOST_PORT = 65_535;

  /** Refuses what cannot be called. */
  public Instance {
    if (nodeId.isEmpty() || host.isEmpty() || port <= 0 || port > MOST_PORT) {
      throw new IllegalArgumentException(
          "'" + nodeId + "' at '" + host + ":" + port + "' is not an instance");
    }
  }

  /**
   * Reads {@code host:port}; an IPv6 address is written in brackets or without.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static Instance at(String nodeId, String address) {
    int colon = address.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("'" + address + "' is not host:port");
    }
    String host = address.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    try {
      return new Instance(nodeId, host, Integer.parseInt(address.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + address + "' is not host:port", e);
    }
  }

  /** Where it listens, as {@code host:port}. */
  public String address() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
