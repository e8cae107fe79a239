package im.hongyan.kit.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How much may go on at once per key, such as connections per address; more is refused at once.
 * Remembers only keys for which something goes on. Safe for use by several threads.
 */
public final class KeyedLimit<K> {
  private final int most;
  private final ConcurrentMap<K, Integer> active = new ConcurrentHashMap<>();
  private final Counter rejected;

  /**
   * Creates a limit with meters {@code limit_keys} and {@code limit_rejected}.
   *
   * @param most of one key at once
   */
  public KeyedLimit(String name, int most, MeterRegistry meters) {
    this.most = most;
    meters.gaugeMapSize("limit_keys", Tags.of("limit", name), active);
    rejected = meters.counter("limit_rejected", "limit", name);
  }

  /** Begins something that {@link #leave} ends; false when too much of the key goes on already. */
  public boolean enter(K key) {
    if (active.merge(key, 1, Integer::sum) > most) {
      leave(key);
      rejected.increment();
      return false;
    }
    return true;
  }

  /** Ends what {@link #enter} allowed. */
  public void leave(K key) {
    active.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
  }

  /** How much of a key goes on. */
  public int active(K key) {
    return active.getOrDefault(key, 0);
  }
}
