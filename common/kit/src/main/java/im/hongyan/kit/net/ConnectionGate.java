package im.hongyan.kit.net;

import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.limit.KeyedLimit;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Bounds the open connections of a server, all together and per peer; trusted proxies and this
 * machine are exempt from the second. Safe for use by several threads.
 */
public final class ConnectionGate {
  private final ClientAddresses addresses;
  private final ConcurrencyLimit all;
  private final KeyedLimit<InetAddress> perAddress;

  /**
   * Creates a gate with meters of the limits {@code NAME} and {@code NAME_per_address}.
   *
   * @param most connections at once
   * @param mostPerAddress of one peer
   */
  public ConnectionGate(
      String name, ClientAddresses addresses, int most, int mostPerAddress, MeterRegistry meters) {
    this.addresses = addresses;
    all = new ConcurrencyLimit(name, most, meters);
    perAddress = new KeyedLimit<>(name + "_per_address", mostPerAddress, meters);
  }

  /** Counts a connection until it is closed; false when there are too many, and nothing counted. */
  public boolean admit(Channel connection) {
    InetAddress peer = peer(connection);
    boolean exempt = addresses.exempt(peer);
    InetAddress subscriber = ClientAddresses.subscriber(peer);
    if (!exempt && !perAddress.enter(subscriber)) {
      return false;
    }
    if (!all.enter()) {
      if (!exempt) {
        perAddress.leave(subscriber);
      }
      return false;
    }
    connection
        .closeFuture()
        .addListener(_ -> {
          all.leave();
          if (!exempt) {
            perAddress.leave(subscriber);
          }
        });
    return true;
  }

  /**
   * Counts the client behind a trusted proxy, once its request was read; false, and nothing
   * counted, when its address has too many connections. Other clients were counted when they came.
   *
   * @param forwardedFor values of the header X-Forwarded-For
   */
  public boolean admitForwarded(Channel connection, List<String> forwardedFor) {
    InetAddress peer = peer(connection);
    InetAddress client = addresses.clientOf(peer, forwardedFor);
    if (client.equals(peer) || addresses.exempt(client)) {
      return true;
    }
    InetAddress subscriber = ClientAddresses.subscriber(client);
    if (!perAddress.enter(subscriber)) {
      return false;
    }
    connection.closeFuture().addListener(_ -> perAddress.leave(subscriber));
    return true;
  }

  /** The address at the other end of a TCP connection, also of one that has just ended. */
  public static InetAddress peer(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress socket
            && socket.getAddress() != null
        ? AddressBlock.plain(socket.getAddress().getAddress())
        : AddressBlock.NOWHERE;
  }
}
