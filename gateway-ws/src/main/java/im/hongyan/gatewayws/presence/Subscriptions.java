package im.hongyan.gatewayws.presence;

import im.hongyan.gatewayws.connection.ClientConnection;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Which connections follow which users, and what they were sent last. They end with their
 * connection (websocket.md 7.6). Single-threaded.
 */
final class Subscriptions {
  private final Map<String, Watched> byUser = new HashMap<>();
  private final Map<ClientConnection, Set<String>> byConnection = new HashMap<>();
  private final int mostPerConnection;

  private static final class Watched {
    final Set<ClientConnection> subscribers = new LinkedHashSet<>();
    @Nullable SortedSet<Integer> sent;
  }

  Subscriptions(int mostPerConnection) {
    this.mostPerConnection = mostPerConnection;
  }

  /** Takes users out and puts users in; false, and nothing is put in, when it would be too many. */
  boolean change(
      ClientConnection connection, Collection<String> removed, Collection<String> added) {
    removed.forEach(user -> unsubscribe(connection, user));
    Set<String> wanted = new LinkedHashSet<>(byConnection.getOrDefault(connection, Set.of()));
    wanted.addAll(added);
    if (wanted.size() > mostPerConnection) {
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
      users.forEach(user -> forget(connection, user));
    }
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
