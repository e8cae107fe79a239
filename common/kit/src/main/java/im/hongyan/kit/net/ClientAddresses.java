package im.hongyan.kit.net;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Distinguishes a client's own address from those of the proxies before us (websocket.md 1.7 takes
 * the header as it comes; we believe it only of proxies that the operator names). Immutable; never
 * asks a name server.
 */
public final class ClientAddresses {
  private final List<AddressBlock> proxies;

  private ClientAddresses(List<AddressBlock> proxies) {
    this.proxies = List.copyOf(proxies);
  }

  /** Believes nobody but the peer itself. */
  public static ClientAddresses ofPeers() {
    return new ClientAddresses(List.of());
  }

  /**
   * Reads {@code PREFIX.trustedProxies}: addresses and blocks such as {@code 10.0.0.0/8}.
   *
   * @throws ConfigException when one is neither
   */
  public static ClientAddresses from(Settings settings, String prefix) {
    String key = prefix + ".trustedProxies";
    return new ClientAddresses(
        settings.list(key, List.of()).stream()
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .map(text ->
                AddressBlock.read(text)
                    .orElseThrow(() ->
                        new ConfigException(
                            key
                                + " must hold addresses or blocks such as 10.0.0.0/8,"
                                + " not '"
                                + text
                                + "'")))
            .toList());
  }

  /**
   * The client's address: the peer's own unless the peer is a trusted proxy; then the last of the
   * forwarded ones that is not a trusted proxy too, since whatever comes before it may be invented.
   * A trusted proxy that passes on nonsense is taken for the client itself.
   *
   * @param peer the other end of the TCP connection
   * @param forwardedFor values of the header X-Forwarded-For, in their order
   */
  public InetAddress clientOf(InetAddress peer, List<String> forwardedFor) {
    InetAddress self = AddressBlock.plain(peer.getAddress());
    InetAddress client = self;
    if (!trusted(self)) {
      return self;
    }
    for (String value : forwardedFor.reversed()) {
      String[] hops = value.split(",", -1);
      for (int i = hops.length - 1; i >= 0; i--) {
        Optional<InetAddress> hop = AddressBlock.address(withoutPort(hops[i].strip()));
        if (hop.isEmpty()) {
          return self;
        }
        client = hop.get();
        if (!trusted(client)) {
          return client;
        }
      }
    }
    return client;
  }

  /**
   * Some proxies write {@code 1.2.3.4:5678}, {@code [2001:db8::1]} or {@code [2001:db8::1]:5678}.
   */
  private static String withoutPort(String hop) {
    int bracket = hop.indexOf(']');
    if (hop.startsWith("[") && bracket > 0) {
      return hop.substring(1, bracket);
    }
    int colon = hop.indexOf(':');
    return colon > 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }

  /**
   * Whether an address is shared by many clients, or is the operator's, and so is exempt from
   * limits per address: a trusted proxy or this machine.
   */
  public boolean exempt(InetAddress address) {
    InetAddress plain = AddressBlock.plain(address.getAddress());
    return plain.isLoopbackAddress() || trusted(plain);
  }

  /**
   * What limits per address count by: an address of IPv4, and of IPv6 its first 64 bits, since
   * whoever has one address there has all that begin so.
   */
  public static InetAddress subscriber(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length > Integer.BYTES) {
      Arrays.fill(bytes, Long.BYTES, bytes.length, (byte) 0);
    }
    return AddressBlock.plain(bytes);
  }

  private boolean trusted(InetAddress plain) {
    for (AddressBlock proxy : proxies) {
      if (proxy.contains(plain)) {
        return true;
      }
    }
    return false;
  }
}
