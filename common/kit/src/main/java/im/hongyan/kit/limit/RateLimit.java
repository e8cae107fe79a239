package im.hongyan.kit.limit;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A token bucket: so many at once, and so many per second in the long run (websocket.md 10.3, 6).
 * Its whole state is the moment at which the bucket is full again. Used by one thread at a time,
 * such as the event loop of a connection.
 */
public final class RateLimit {
  private final Supplier<Rate> rates;
  private long fullAtNanos;

  /**
   * What several buckets have in common. Immutable.
   *
   * @param nanosPerToken in which one token comes back
   * @param burst tokens of a full bucket
   */
  public record Rate(long nanosPerToken, int burst) {
    /** Checks that both are at least one. */
    public Rate {
      if (nanosPerToken < 1 || burst < 1) {
        throw new IllegalArgumentException("no rate: " + nanosPerToken + " ns, " + burst);
      }
    }

    /** So many a second in the long run. */
    public static Rate perSecond(int tokens, int burst) {
      return new Rate(TimeUnit.SECONDS.toNanos(1) / tokens, burst);
    }

    /** So many a minute, and at once. */
    public static Rate perMinute(int tokens) {
      return new Rate(TimeUnit.MINUTES.toNanos(1) / tokens, tokens);
    }
  }

  /**
   * A full bucket.
   *
   * @param nowNanos of {@link System#nanoTime}
   */
  public RateLimit(Rate rate, long nowNanos) {
    this(() -> rate, nowNanos);
  }

  /**
   * A full bucket of a rate that may change.
   *
   * @param rates gives the rate of the moment
   * @param nowNanos of {@link System#nanoTime}
   */
  public RateLimit(Supplier<Rate> rates, long nowNanos) {
    this.rates = rates;
    fullAtNanos = nowNanos;
  }

  /**
   * Takes a token; false, and nothing taken, when there is none.
   *
   * @param nowNanos of {@link System#nanoTime}
   */
  public boolean take(long nowNanos) {
    Rate rate = rates.get();
    long perToken = rate.nanosPerToken();
    long missingNanos = Math.max(0, fullAtNanos - nowNanos) + perToken;
    if (missingNanos > perToken * rate.burst()) {
      return false;
    }
    fullAtNanos = nowNanos + missingNanos;
    return true;
  }

  /**
   * How long until there is a token; 0 where there is one.
   *
   * @param nowNanos of {@link System#nanoTime}
   */
  public long waitNanos(long nowNanos) {
    Rate rate = rates.get();
    long othersNanos = rate.nanosPerToken() * (rate.burst() - 1);
    return Math.max(0, fullAtNanos - nowNanos - othersNanos);
  }

  /** Puts back a token that was taken and is not counted. */
  public void giveBack() {
    fullAtNanos -= rates.get().nanosPerToken();
  }
}
