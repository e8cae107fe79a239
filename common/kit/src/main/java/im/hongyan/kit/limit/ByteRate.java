package im.hongyan.kit.limit;

import java.util.concurrent.TimeUnit;

/**
 * A bucket of bytes: so many at once, and so many per second in the long run. The size of what is
 * taken need not be known before: where anything is left all of it may be taken, and the bucket
 * then owes it. Its whole state is the moment at which it is full again. Used by one thread at a
 * time.
 */
public final class ByteRate {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Rate rate;
  private final long burstNanos;
  private long fullAtNanos;

  /**
   * What several buckets have in common. Immutable.
   *
   * @param bytesPerSecond that come back
   * @param burstBytes of a full bucket
   */
  public record Rate(long bytesPerSecond, long burstBytes) {
    /** Checks that both are at least one. */
    public Rate {
      if (bytesPerSecond < 1 || burstBytes < 1) {
        throw new IllegalArgumentException("no rate: " + bytesPerSecond + ", " + burstBytes);
      }
    }

    private long nanosOf(long bytes) {
      return (long) ((double) bytes * NANOS / bytesPerSecond);
    }
  }

  /**
   * A full bucket.
   *
   * @param nowNanos of {@link System#nanoTime}
   */
  public ByteRate(Rate rate, long nowNanos) {
    this.rate = rate;
    burstNanos = Math.max(1, rate.nanosOf(rate.burstBytes()));
    fullAtNanos = nowNanos;
  }

  /** How long until something is left; 0 where something is. */
  public long waitNanos(long nowNanos) {
    return Math.max(0, fullAtNanos - nowNanos - burstNanos + 1);
  }

  /** Takes bytes, also such as are not there. */
  public void take(long bytes, long nowNanos) {
    fullAtNanos = nowNanos + Math.max(0, fullAtNanos - nowNanos) + rate.nanosOf(bytes);
  }

  /** Whether nothing is missing. */
  public boolean isFull(long nowNanos) {
    return fullAtNanos - nowNanos <= 0;
  }
}
