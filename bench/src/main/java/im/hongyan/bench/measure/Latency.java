package im.hongyan.bench.measure;

import java.util.List;

/**
 * Percentiles of a latency in microseconds.
 *
 * @param p9999Micros of every ten thousand, the slowest one's; the maximum when there are fewer
 * @param curve from the median's side to the maximum, for plots
 */
public record Latency(
    long count,
    long p50Micros,
    long p90Micros,
    long p99Micros,
    long p999Micros,
    long p9999Micros,
    long maxMicros,
    List<Point> curve) {

  /** A percentile from 0 to 100, and the latency that so many in a hundred do not exceed. */
  public record Point(double percentile, long micros) {}

  /** Copies the list. */
  public Latency {
    curve = List.copyOf(curve);
  }
}
