package im.hongyan.bench.measure;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Latencies of the messages that were due within the measured window; others do not count. Safe for
 * use by several threads.
 */
public final class LatencyRecorder {
  private static final long LONGEST_MICROS = 120_000_000;
  private static final int DIGITS = 3;

  private final long fromNanos;
  private final long toNanos;
  private final Histogram micros = new ConcurrentHistogram(LONGEST_MICROS, DIGITS);

  /** Records what is due from a moment on and before another, as {@link System#nanoTime}. */
  public LatencyRecorder(long fromNanos, long toNanos) {
    this.fromNanos = fromNanos;
    this.toNanos = toNanos;
  }

  /** Counts a latency from the moment a message was due. */
  public void record(long dueNanos, long nowNanos) {
    if (dueNanos - fromNanos >= 0 && dueNanos - toNanos < 0) {
      micros.recordValue(Math.clamp((nowNanos - dueNanos) / 1_000, 0, LONGEST_MICROS));
    }
  }

  /** What was recorded up to now. */
  public Latency summary() {
    return new Latency(
        micros.getTotalCount(),
        micros.getValueAtPercentile(50),
        micros.getValueAtPercentile(90),
        micros.getValueAtPercentile(99),
        micros.getValueAtPercentile(99.9),
        micros.getValueAtPercentile(99.99),
        micros.getMaxValue(),
        curve());
  }

  /** Four points for each halving of what is left above, as deep as there are values for. */
  private List<Latency.Point> curve() {
    List<Latency.Point> points = new ArrayList<>();
    long count = micros.getTotalCount();
    for (int step = 0; count > 0 && Math.pow(2, step / 4.0) <= count; step++) {
      double percentile = 100 - 100 / Math.pow(2, step / 4.0);
      points.add(new Latency.Point(percentile, micros.getValueAtPercentile(percentile)));
    }
    return points;
  }
}
