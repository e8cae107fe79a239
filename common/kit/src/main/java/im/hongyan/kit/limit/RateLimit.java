package im.hongyan.kit.limit;

import java.util.concurrent.TimeUnit;

/**
 * A token bucket: so many at once, and so many per second in the long run (websocket.md 10.3, 6).
 * Its whole state is the moment at which the bucket is full again. Used by one thread at a time,
 * such as the event loop of a connection.
 */
public final class RateLimit {
  private final Rate rate;
  private long fullAtNanos;

  /**
   * What several buckets have in common. Immutable.
   *
   * @param perSecond tokens that come back in a second
   * @param burst tokens of a full bucket
   */
  public record Rate(int perSecond, int burst) {
    /** Checks that both are at least one. */
    public Rate {
      if (perSecond < 1 || burst < 1) {
        throw new IllegalArgumentException("a rate needs tokens: " + perSecond + ", " + burst);
      }
    }

    private long nanosPerToken() {
      return Math.max(1, TimeUnit.SECONDS.toNanos(1) / perSecond);
    }
  }

  /**
   * A full bucket.
   *
   * @param nowNanos of {@link System#nanoTime}
   */
  public RateLimit(Rate rate, long nowNanos) {
    this.rate = rate;
    fullAtNanos = nowNanos;
  }

  /**
   * Takes a token; false, and nothing taken, when there is none.
   *
   * @param nowNanos of {@link System#nanoTime}
   */
  public boolean take(long nowNanos) {
    long perToken = rate.nanosPerToken();
    long missingNanos = Math.max(0, fullAtNanos - nowNanos) + perToken;
    if (missingNanos > perToken * rate.burst()) {
      return false;
    }
    fullAtNanos = nowNanos + missingNanos;
    return true;
  }
}
