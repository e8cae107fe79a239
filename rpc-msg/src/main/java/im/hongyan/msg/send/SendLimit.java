package im.hongyan.msg.send;

import im.hongyan.kit.limit.ConcurrencyLimit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many sends, and bytes of them, may be between their arrival and their outcome. Large ones
 * have three quarters of the bytes, so that small ones still find room beside them. Safe for use by
 * several threads.
 */
public final class SendLimit {
  private static final int SMALL_BYTES = 16_384;

  private final ConcurrencyLimit sends;
  private final long mostBytes;
  private final AtomicLong bytes = new AtomicLong();
  private final Counter rejected;

  /** Creates the limit and the budget {@code sends}. */
  public SendLimit(int most, long mostBytes, MeterRegistry meters) {
    this.mostBytes = mostBytes;
    sends = new ConcurrencyLimit("sends", most, meters);
    meters.gauge("budget_bytes", Tags.of("budget", "sends"), bytes);
    rejected = meters.counter("budget_rejected", "budget", "sends");
  }

  /** Begins a send that {@link #leave} ends; false when there are too many, or too large ones. */
  boolean enter(int size) {
    long most = size <= SMALL_BYTES ? mostBytes : mostBytes / 4 * 3;
    if (bytes.addAndGet(size) > most) {
      bytes.addAndGet(-size);
      rejected.increment();
      return false;
    }
    if (!sends.enter()) {
      bytes.addAndGet(-size);
      return false;
    }
    return true;
  }

  /** Ends what {@link #enter} allowed. */
  void leave(int size) {
    bytes.addAndGet(-size);
    sends.leave();
  }
}
