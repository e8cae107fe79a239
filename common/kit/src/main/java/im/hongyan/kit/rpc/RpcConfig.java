package im.hongyan.kit.rpc;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/**
 * How a process is called by others.
 *
 * @param listen address to listen on
 * @param port 0 for a free one
 * @param advertise name or address that is published to others
 * @param maxMessageBytes the same on both sides of a call
 */
public record RpcConfig(String listen, int port, String advertise, int maxMessageBytes) {
  private static final int LEAST_MESSAGE_BYTES = 64 << 10;
  private static final int MOST_MESSAGE_BYTES = 256 << 20;

  /**
   * Reads section {@code rpc}.
   *
   * @throws ConfigException when it cannot be used, as with the default secret beyond loopback
   */
  public static RpcConfig from(Settings settings) {
    String listen = settings.text("rpc.listen", "127.0.0.1");
    ShareConfig.from(settings).refuseDefaultSecretBeyondLoopback(listen);
    String advertise = settings.text("rpc.advertise", "");
    return new RpcConfig(
        listen,
        settings.number("rpc.port", 0, 0, 65_535),
        advertise.isEmpty() ? reachable(listen) : advertise,
        settings.number("rpc.maxMessageBytes", 8 << 20, LEAST_MESSAGE_BYTES, MOST_MESSAGE_BYTES));
  }

  /** The address itself, or the first of this machine when it means all of them. */
  private static String reachable(String listen) {
    try {
      if (!InetAddress.getByName(listen).isAnyLocalAddress()) {
        return listen;
      }
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(Inet4Address.class::isInstance)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .map(InetAddress::getHostAddress)
          .findFirst()
          .orElseThrow(() -> new ConfigException("set rpc.advertise: this machine has no address"));
    } catch (UnknownHostException | SocketException e) {
      throw new ConfigException(listen + " is not an address to listen on");
    }
  }
}
