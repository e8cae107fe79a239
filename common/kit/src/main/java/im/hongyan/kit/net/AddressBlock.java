package im.hongyan.kit.net;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/** Addresses that begin with the same bits. */
record AddressBlock(IpSubnetFilterRule rule) {
  /** Stands for an address that is not known. */
  static final InetAddress NOWHERE = plain(new byte[4]);

  /** Reads {@code 10.0.0.0/8}, {@code fd00::/8} or a single address; empty for anything else. */
  static Optional<AddressBlock> read(String text) {
    int slash = text.indexOf('/');
    return address(slash < 0 ? text : text.substring(0, slash))
        .flatMap(network -> {
          int most = network.getAddress().length * Byte.SIZE;
          int bits = slash < 0 ? most : bits(text.substring(slash + 1));
          return bits < 0 || bits > most
              ? Optional.empty()
              : Optional.of(
                  new AddressBlock(new IpSubnetFilterRule(network, bits, IpFilterRuleType.ACCEPT)));
        });
  }

  private static int bits(String text) {
    return text.matches("\\d{1,3}") ? Integer.parseInt(text) : -1;
  }

  /** Reads an address as figures; asks no name server. */
  static Optional<InetAddress> address(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    return bytes == null ? Optional.empty() : Optional.of(plain(bytes));
  }

  /** The address without a zone; one of IPv4 within IPv6 becomes one of IPv4. */
  static InetAddress plain(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not the length of an address: " + bytes.length, e);
    }
  }

  /** Whether an address that {@link #plain} made lies within. */
  boolean contains(InetAddress address) {
    return rule.matches(new InetSocketAddress(address, 0));
  }
}
