package im.hongyan.kit.limit;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much may go on at once; more is refused at once rather than queued. Safe for use by several
 * threads.
 */
public final class ConcurrencyLimit {
  private final int most;
  private final AtomicInteger active = new AtomicInteger();
  private final Counter rejected;

  /** Registers the meters {@code limit_active} and {@code limit_rejected}. */
  public ConcurrencyLimit(String name, int most, MeterRegistry meters) {
    this.most = most;
    meters.gauge("limit_active", io.micrometer.core.instrument.Tags.of("limit", name), active);
    rejected = meters.counter("limit_rejected", "limit", name);
  }

  /** Begins something that {@link #leave} ends; false when too much goes on already. */
  public boolean enter() {
    if (active.incrementAndGet() > most) {
      active.decrementAndGet();
      rejected.increment();
      return false;
    }
    return true;
  }

  /** Ends what {@link #enter} allowed. */
  public void leave() {
    active.decrementAndGet();
  }
}
