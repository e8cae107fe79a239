package im.hongyan.bench.measure;

/**
 * How this process itself did in the window.
 *
 * @param cpuNanos its CPU time
 * @param lateness how long after its moment each message was started; what the server is blamed for
 *     although it was the driver
 * @param maxCores share of a core above which a run does not count
 */
public record Driver(long cpuNanos, Latency lateness, double maxCores) {
  /** Share of a core that is allowed unless the caller says otherwise. */
  public static final double MAX_CORES = 0.40;

  /** Lateness of one message in a hundred above which a run does not count. */
  private static final long MAX_LATE_MICROS = 100_000;

  /** CPU time as a part of one core. */
  public double cores(double seconds) {
    return cpuNanos / (seconds * 1e9);
  }

  /** Whether this process may have been the bottleneck. */
  public boolean saturated(double seconds) {
    return cores(seconds) > maxCores || lateness.p99Micros() > MAX_LATE_MICROS;
  }
}
