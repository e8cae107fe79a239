package im.hongyan.bench.load;

import java.util.SplittableRandom;

/**
 * Moments at which messages are due, counted from the start of the load, never decreasing. Not
 * thread-safe: the loop that follows it owns it.
 */
public sealed interface Arrivals {
  /** Nanoseconds in a second. */
  double SECOND_NANOS = 1e9;

  /** Nanoseconds from the start to the next arrival; each call goes one further. */
  long nextNanos();

  /** Evenly spaced, the first one at once. */
  static Arrivals constant(double ratePerSecond) {
    return new Constant(positive(ratePerSecond));
  }

  /** Independent of each other, as many users make them; the same for the same seed. */
  static Arrivals poisson(double ratePerSecond, long seed) {
    return new Poisson(positive(ratePerSecond), new SplittableRandom(seed));
  }

  private static double positive(double ratePerSecond) {
    if (!(ratePerSecond > 0) || Double.isInfinite(ratePerSecond)) {
      throw new IllegalArgumentException("a rate must be above 0, not " + ratePerSecond);
    }
    return ratePerSecond;
  }

  /** See {@link Arrivals#constant}. */
  final class Constant implements Arrivals {
    private final double ratePerSecond;
    private long number;

    private Constant(double ratePerSecond) {
      this.ratePerSecond = ratePerSecond;
    }

    /** Multiplied, not summed up: no error gathers over a long run. */
    @Override
    public long nextNanos() {
      return Math.round(number++ * SECOND_NANOS / ratePerSecond);
    }
  }

  /** See {@link Arrivals#poisson}. */
  final class Poisson implements Arrivals {
    private final double meanNanos;
    private final SplittableRandom random;
    private double atNanos;

    private Poisson(double ratePerSecond, SplittableRandom random) {
      this.meanNanos = SECOND_NANOS / ratePerSecond;
      this.random = random;
    }

    @Override
    public long nextNanos() {
      atNanos -= meanNanos * Math.log(1 - random.nextDouble());
      return Math.round(atNanos);
    }
  }
}
