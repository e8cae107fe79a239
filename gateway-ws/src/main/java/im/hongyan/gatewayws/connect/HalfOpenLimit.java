package im.hongyan.gatewayws.connect;

import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.limit.KeyedLimit;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.kit.net.ConnectionGate;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import java.net.InetAddress;

/**
 * Bounds the connections whose handshake is not answered yet, all together and per peer, since each
 * may hold the head of a request; trusted proxies and this machine are exempt from the second. Safe
 * for use by several threads.
 */
public final class HalfOpenLimit {
  private final ClientAddresses addresses;
  private final ConcurrencyLimit all;
  private final KeyedLimit<InetAddress> perAddress;

  /** Creates the limits {@code ws_half_open} and {@code ws_half_open_per_address}. */
  public HalfOpenLimit(
      ClientAddresses addresses, int most, int mostPerAddress, MeterRegistry meters) {
    this.addresses = addresses;
    all = new ConcurrencyLimit("ws_half_open", most, meters);
    perAddress = new KeyedLimit<>("ws_half_open_per_address", mostPerAddress, meters);
  }

  /** Counts a connection until {@link #leave}; false when there are too many, nothing counted. */
  boolean enter(Channel channel) {
    InetAddress peer = ConnectionGate.peer(channel);
    if (addresses.exempt(peer)) {
      return all.enter();
    }
    InetAddress subscriber = ClientAddresses.subscriber(peer);
    if (!perAddress.enter(subscriber)) {
      return false;
    }
    if (!all.enter()) {
      perAddress.leave(subscriber);
      return false;
    }
    return true;
  }

  /** The connection is upgraded, or closed. */
  void leave(Channel channel) {
    all.leave();
    InetAddress peer = ConnectionGate.peer(channel);
    if (!addresses.exempt(peer)) {
      perAddress.leave(ClientAddresses.subscriber(peer));
    }
  }
}
