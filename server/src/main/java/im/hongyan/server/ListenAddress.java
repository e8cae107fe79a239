package im.hongyan.server;

import im.hongyan.kit.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a part of a process listens.
 *
 * @param section of the settings, whose {@code listen} and {@code port} these are
 * @param scheme of its addresses
 * @param host name or address
 * @param port 0 for a free one
 */
public record ListenAddress(String section, String scheme, String host, int port) {
  /** The same on the port that it was given. */
  ListenAddress on(int bound) {
    return new ListenAddress(section, scheme, host, bound);
  }

  /**
   * Refuses addresses that cannot be listened on, before anything is started that would have to be
   * stopped again. All are taken at once and given back, so that two parts with one port are found.
   *
   * @throws ConfigException with address, port and setting of the first
   */
  public static void requireFree(List<ListenAddress> addresses) {
    List<ServerSocket> taken = new ArrayList<>();
    try {
      for (ListenAddress address : addresses) {
        taken.add(address.take());
      }
    } finally {
      taken.forEach(ListenAddress::giveBack);
    }
  }

  private ServerSocket take() {
    try {
      ServerSocket socket = new ServerSocket();
      try {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(host, port));
        return socket;
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    } catch (IOException e) {
      throw new ConfigException(
          "cannot listen on %s (%s); set %s.port%s or %s.listen"
              .formatted(hostAndPort(), e.getMessage(), section, option(), section));
    }
  }

  /** What {@code ./hongyan run} has for the same. */
  private String option() {
    return switch (section) {
      case "gateway.ws" -> " (run: --ws-port)";
      case "gateway.http" -> " (run: --api-port)";
      default -> "";
    };
  }

  private static void giveBack(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String hostAndPort() {
    String address = host;
    try {
      address = InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      // Shown as it was given.
    }
    return (address.contains(":") ? "[" + address + "]" : address) + ":" + port;
  }

  /** As a URL, such as {@code wss://192.0.2.1:10001}. */
  @Override
  public String toString() {
    return scheme + "://" + hostAndPort();
  }
}
