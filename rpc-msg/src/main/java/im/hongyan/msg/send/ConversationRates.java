package im.hongyan.msg.send;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.kit.limit.RateLimit;
import im.hongyan.wire.error.ImError;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How many messages a second one conversation may get from users through this process; more are
 * refused with 429, so that one conversation does not take a lane for itself. Safe for use by
 * several threads.
 */
final class ConversationRates {
  private static final int MAX_CONVERSATIONS = 100_000;

  /** A bucket is full again after a second, and then equal to a new one. */
  private static final Duration KEPT = Duration.ofSeconds(2);

  private final Supplier<RateLimit.Rate> rate;
  private final LongSupplier nanoTime;
  private final Counter rejected;
  private final Cache<String, RateLimit> buckets =
      Caffeine.newBuilder().maximumSize(MAX_CONVERSATIONS).expireAfterAccess(KEPT).build();

  /**
   * Creates the limits, with meter {@code limit_rejected}.
   *
   * @param perSecond of the moment
   * @param nanoTime as {@link System#nanoTime}
   */
  ConversationRates(Supplier<Integer> perSecond, LongSupplier nanoTime, MeterRegistry meters) {
    rate = () -> RateLimit.Rate.perSecond(perSecond.get(), perSecond.get());
    this.nanoTime = nanoTime;
    rejected = meters.counter("limit_rejected", "limit", "conversation");
  }

  /**
   * Counts a message.
   *
   * @throws im.hongyan.wire.error.ImException 429 when there were too many
   */
  void count(String conversationId) {
    long now = nanoTime.getAsLong();
    RateLimit bucket = buckets.get(conversationId, _ -> new RateLimit(rate, now));
    boolean taken;
    synchronized (bucket) {
      taken = bucket.take(now);
    }
    if (!taken) {
      rejected.increment();
      throw ImError.TOO_MANY_REQUESTS.with("too many messages in " + conversationId);
    }
  }
}
