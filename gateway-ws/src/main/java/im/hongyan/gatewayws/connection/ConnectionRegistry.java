package im.hongyan.gatewayws.connection;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
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

  /** Creates an empty registry with the gauge {@code online_user_num}. */
  public ConnectionRegistry(MeterRegistry meters) {
    meters.gaugeMapSize("online_user_num", List.of(), byUser);
  }

  /** How many connections there are. */
  public int size() {
    return count.get();
  }

  /** Adds a connection. */
  public void add(ClientConnection connection) {
    count.incrementAndGet();
    byUser.merge(
        connection.userId(),
        List.of(connection),
        (old, one) -> Stream.concat(old.stream(), one.stream()).toList());
  }

  /** Takes a connection out, if it is there. */
  public void remove(ClientConnection connection) {
    byUser.computeIfPresent(
        connection.userId(),
        (user, old) -> {
          List<ClientConnection> rest = old.stream().filter(c -> c != connection).toList();
          if (rest.size() < old.size()) {
            count.decrementAndGet();
          }
          return rest.isEmpty() ? null : rest;
        });
  }

  /** The connections of a user. */
  public List<ClientConnection> of(String userId) {
    return byUser.getOrDefault(userId, List.of());
  }

  /** Does something with every connection. */
  public void forEach(Consumer<ClientConnection> action) {
    byUser.values().forEach(connections -> connections.forEach(action));
  }
}
