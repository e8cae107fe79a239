package im.hongyan.gatewayws.presence;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.kit.limit.ByteBudget;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which connections follow which users, and what they were sent last. They end with their
 * connection (websocket.md 7.6). Single-threaded.
 */
public final class Subscriptions {
  private final Map<String, Watched> byUser = new HashMap<>();
  private final Map<ClientConnection, Set<String>> byConnection = new HashMap<>();
  private final Most most;
  private final ByteBudget<String> budget;

  /**
   * How many there may be.
   *
   * @param connection of one connection
   * @param user of the connections of one user
   * @param node of all connections
   */
  public record Most(int connection, int user, int node) {}

  private static final class Watched {
    final Set<ClientConnection> subscribers = new LinkedHashSet<>();
    @Nullable SortedSet<Integer> sent;
  }

  /** No subscriptions, with the meters of the budget {@code ws_subscriptions}. */
  public Subscriptions(Most most, MeterRegistry meters) {
    this.most = most;
    budget = new ByteBudget<>("ws_subscriptions", most.node(), most.user(), meters);
  }

  /** How many one connection may have. */
  int mostPerConnection() {
    return most.connection();
  }

  /** Takes users out and puts users in; false, and nothing is put in, when it would be too many. */
  boolean change(
      ClientConnection connection, Collection<String> removed, Collection<String> added) {
    removed.forEach(user -> unsubscribe(connection, user));
    Set<String> before = byConnection.getOrDefault(connection, Set.of());
    Set<String> wanted = new LinkedHashSet<>(before);
    wanted.addAll(added);
    int more = wanted.size() - before.size();
    if (wanted.size() > most.connection()
        || (more > 0 && !budget.take(connection.userId(), more))) {
      return false;
    }
    if (!wanted.isEmpty()) {
      byConnection.put(connection, wanted);
    }
    added.forEach(
        user -> byUser.computeIfAbsent(user, u -> new Watched()).subscribers.add(connection));
    return true;
  }

  private void unsubscribe(ClientConnection connection, String user) {
    Set<String> users = byConnection.get(connection);
    if (users != null && users.remove(user)) {
      budget.give(connection.userId(), 1);
      forget(connection, user);
      if (users.isEmpty()) {
        byConnection.remove(connection);
      }
    }
  }

  private void forget(ClientConnection connection, String user) {
    Watched watched = byUser.get(user);
    if (watched != null) {
      watched.subscribers.remove(connection);
      if (watched.subscribers.isEmpty()) {
        byUser.remove(user);
      }
    }
  }

  /** Ends all subscriptions of a connection. */
  void remove(ClientConnection connection) {
    Set<String> users = byConnection.remove(connection);
    if (users != null) {
      budget.give(connection.userId(), users.size());
      users.forEach(user -> forget(connection, user));
    }
  }

  /** Ends all subscriptions of such connections. */
  void removeIf(Predicate<ClientConnection> over) {
    List.copyOf(byConnection.keySet()).stream().filter(over).forEach(this::remove);
  }

  /** The users that somebody follows. */
  Set<String> users() {
    return byUser.keySet();
  }

  /**
   * Notes what is so now and gives those who must be notified: all who follow the user, if it was
   * known to be different before.
   */
  Set<ClientConnection> learnt(String user, SortedSet<Integer> platforms) {
    Watched watched = byUser.get(user);
    if (watched == null) {
      return Set.of();
    }
    boolean changed = watched.sent != null && !watched.sent.equals(platforms);
    watched.sent = platforms;
    return changed ? watched.subscribers : Set.of();
  }

  /** What was said last of a user, empty when nothing was. */
  boolean saysOnline(String user) {
    Watched watched = byUser.get(user);
    return watched != null && watched.sent != null && !watched.sent.isEmpty();
  }
}
