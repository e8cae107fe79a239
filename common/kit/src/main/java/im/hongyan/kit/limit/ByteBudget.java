package im.hongyan.kit.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes may wait at once, all together and per key, such as an address or a user; what
 * does not fit is refused at once. Remembers only keys for which something waits. Safe for use by
 * several threads.
 */
public final class ByteBudget<K> {
  private final long most;
  private final long mostPerKey;
  private final AtomicLong taken = new AtomicLong();
  private final ConcurrentMap<K, Long> perKey = new ConcurrentHashMap<>();
  private final Counter rejected;

  /**
   * Creates a budget with the meters {@code budget_bytes}, {@code budget_keys} and {@code
   * budget_rejected}.
   *
   * @param most bytes of all keys together
   * @param mostPerKey bytes of one key
   */
  public ByteBudget(String name, long most, long mostPerKey, MeterRegistry meters) {
    this.most = most;
    this.mostPerKey = mostPerKey;
    meters.gauge("budget_bytes", Tags.of("budget", name), taken);
    meters.gaugeMapSize("budget_keys", Tags.of("budget", name), perKey);
    rejected = meters.counter("budget_rejected", "budget", name);
  }

  /** Takes bytes that {@link #give} returns; false, and nothing taken, when they do not fit. */
  public boolean take(K key, long bytes) {
    if (perKey.merge(key, bytes, Long::sum) > mostPerKey) {
      giveKey(key, bytes);
      rejected.increment();
      return false;
    }
    if (taken.addAndGet(bytes) > most) {
      give(key, bytes);
      rejected.increment();
      return false;
    }
    return true;
  }

  /** Returns bytes that {@link #take} took, in one call or in several. */
  public void give(K key, long bytes) {
    taken.addAndGet(-bytes);
    giveKey(key, bytes);
  }

  /** Bytes that are taken at present. */
  long taken() {
    return taken.get();
  }

  private void giveKey(K key, long bytes) {
    perKey.computeIfPresent(key, (_, now) -> now == bytes ? null : now - bytes);
  }
}
