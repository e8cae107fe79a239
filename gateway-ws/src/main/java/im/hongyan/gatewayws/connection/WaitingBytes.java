package im.hongyan.gatewayws.connection;

import im.hongyan.kit.limit.ByteBudget;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.kit.net.ConnectionGate;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the bytes that wait for or from clients: all together, per user and per address. What
 * counts for a connection says {@link HeldBytes}. Trusted proxies and this machine are exempt from
 * the bound per address. Safe for use by several threads.
 */
public final class WaitingBytes {
  private final ByteBudget<String> users;
  private final ByteBudget<InetAddress> addresses;
  private final ClientAddresses clients;

  /**
   * How much may wait.
   *
   * @param node of all connections
   * @param user of the connections of a user
   * @param address of the connections from an address
   */
  public record Most(long node, long user, long address) {}

  /** Creates the budgets {@code ws_user} and {@code ws_address}. */
  public WaitingBytes(Most most, ClientAddresses clients, MeterRegistry meters) {
    users = new ByteBudget<>("ws_user", most.node(), most.user(), meters);
    addresses = new ByteBudget<>("ws_address", most.node(), most.address(), meters);
    this.clients = clients;
  }

  /**
   * By what the connections of an address are counted; null for one that is exempt.
   *
   * @param forwarded the address that a trusted proxy names, null where there is none
   */
  @Nullable InetAddress key(Channel channel, @Nullable InetAddress forwarded) {
    InetAddress client = forwarded == null ? ConnectionGate.peer(channel) : forwarded;
    return clients.exempt(client) ? null : ClientAddresses.subscriber(client);
  }

  /** Takes bytes that {@link #give} returns; false, and nothing taken, when they do not fit. */
  boolean take(String user, @Nullable InetAddress address, long bytes) {
    if (!users.take(user, bytes)) {
      return false;
    }
    if (address == null || addresses.take(address, bytes)) {
      return true;
    }
    users.give(user, bytes);
    return false;
  }

  /** Returns bytes that were taken. */
  void give(String user, @Nullable InetAddress address, long bytes) {
    users.give(user, bytes);
    if (address != null) {
      addresses.give(address, bytes);
    }
  }
}
