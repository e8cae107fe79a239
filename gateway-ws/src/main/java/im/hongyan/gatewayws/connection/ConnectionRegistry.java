package im.hongyan.gatewayws.connection;

import im.hongyan.wire.id.Platform;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * All connections of this node by user. Lists are replaced, never changed, so that readers need no
 * lock. Safe for use by several threads.
 */
public final class ConnectionRegistry {
  private final ConcurrentMap<String, List<ClientConnection>> byUser = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final List<RegistryListener> listeners = new CopyOnWriteArrayList<>();

  /** Registers the gauges {@code online_user_num} and the connections'. */
  public ConnectionRegistry(MeterRegistry meters) {
    meters.gaugeMapSize("online_user_num", List.of(), byUser);
    meters.gauge("ws_connections", count);
  }

  /** Reports connections that come and go from now on. */
  public void listen(RegistryListener listener) {
    listeners.add(listener);
  }

  /** How many connections there are. */
  public int size() {
    return count.get();
  }

  /** Adds a connection; false when its user has as many already. */
  public boolean add(ClientConnection connection, int mostOfUser) {
    boolean[] added = new boolean[1];
    boolean[] first = new boolean[1];
    byUser.compute(
        connection.userId(),
        (user, old) -> {
          added[0] = old == null || old.size() < mostOfUser;
          if (!added[0]) {
            return old;
          }
          first[0] = old == null || isAlone(connection, old);
          return old == null
              ? List.of(connection)
              : Stream.concat(old.stream(), Stream.of(connection)).toList();
        });
    if (added[0]) {
      count.incrementAndGet();
      listeners.forEach(listener -> listener.added(connection, first[0]));
    }
    return added[0];
  }

  private static boolean isAlone(ClientConnection connection, List<ClientConnection> others) {
    return others.stream().noneMatch(other -> other.platform() == connection.platform());
  }

  /** Takes a connection out; false when it was not there. */
  public boolean remove(ClientConnection connection) {
    boolean[] removed = new boolean[1];
    boolean[] last = new boolean[1];
    byUser.computeIfPresent(
        connection.userId(),
        (user, old) -> {
          List<ClientConnection> rest = old.stream().filter(c -> c != connection).toList();
          removed[0] = rest.size() < old.size();
          last[0] = isAlone(connection, rest);
          return rest.isEmpty() ? null : rest;
        });
    if (removed[0]) {
      count.decrementAndGet();
      listeners.forEach(listener -> listener.removed(connection, last[0]));
    }
    return removed[0];
  }

  /** The connections of a user. */
  public List<ClientConnection> of(String userId) {
    return byUser.getOrDefault(userId, List.of());
  }

  /** The platforms on which a user is connected here. */
  public Set<Platform> platforms(String userId) {
    EnumSet<Platform> platforms = EnumSet.noneOf(Platform.class);
    of(userId).forEach(connection -> platforms.add(connection.platform()));
    return platforms;
  }

  /** The users who are connected; may or may not show what changes meanwhile. */
  public Set<String> users() {
    return byUser.keySet();
  }

  /** Does something with every connection. */
  public void forEach(Consumer<ClientConnection> action) {
    byUser.values().forEach(connections -> connections.forEach(action));
  }
}
