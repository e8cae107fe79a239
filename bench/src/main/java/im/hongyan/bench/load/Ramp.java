package im.hongyan.bench.load;

/**
 * Looks for the highest rate that holds: grows by a factor until one does not hold, then halves the
 * distance, as a factor, between the highest that held and the lowest that did not. Not
 * thread-safe.
 */
public final class Ramp {
  private final double factor;
  private final double highest;
  private int refinements;
  private double next;
  private double held;
  private double failed = Double.POSITIVE_INFINITY;

  /**
   * Plans a search.
   *
   * @param from the first rate
   * @param highest the last rate that is worth trying
   * @param factor by which it grows, above 1
   * @param refinements how often the distance is halved
   */
  public Ramp(double from, double highest, double factor, int refinements) {
    if (!(from > 0) || !(highest >= from) || !(factor > 1) || refinements < 0) {
      throw new IllegalArgumentException("a ramp goes up from above 0");
    }
    this.factor = factor;
    this.highest = highest;
    this.refinements = refinements;
    this.next = from;
  }

  /** Whether there is a rate to be tried. */
  public boolean hasNext() {
    return next > 0;
  }

  /** The rate to be tried. */
  public double next() {
    return next;
  }

  /** Whether the rate of {@link #next} held; decides what is tried after it. */
  public void result(boolean holds) {
    if (holds) {
      held = next;
    } else {
      failed = next;
    }
    if (Double.isInfinite(failed)) {
      next = held < highest ? Math.min(highest, held * factor) : 0;
    } else if (held > 0 && refinements > 0) {
      refinements--;
      next = Math.rint(Math.sqrt(held * failed));
    } else {
      next = 0;
    }
  }

  /** The highest rate that held; 0 when none did. */
  public double best() {
    return held;
  }
}
