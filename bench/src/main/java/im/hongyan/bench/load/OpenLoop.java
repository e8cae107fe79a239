package im.hongyan.bench.load;

/**
 * Starts each message when it is due, whatever became of those before: a slow server meets the same
 * load as a fast one, and the wait that it causes is counted (no coordinated omission). One thread
 * runs it.
 */
public final class OpenLoop {
  private final Arrivals arrivals;
  private final Timer timer;
  private final long startNanos;
  private long nextNanos;

  /** What is started. */
  @FunctionalInterface
  public interface Action {
    /** Starts a message; must not wait for its outcome. {@code dueNanos} is its moment. */
    void start(long dueNanos);
  }

  /** Prepares a load that starts now. */
  public OpenLoop(Arrivals arrivals, Timer timer) {
    this.arrivals = arrivals;
    this.timer = timer;
    this.startNanos = timer.nanoTime();
    this.nextNanos = startNanos + arrivals.nextNanos();
  }

  /** When the load started, as {@link System#nanoTime}. */
  public long startNanos() {
    return startNanos;
  }

  /**
   * Starts everything that is due before a moment, then waits for it. The next call goes on where
   * this one stopped.
   *
   * @return how many were started
   */
  public long runUntil(long endNanos, Action action) {
    long started = 0;
    while (nextNanos - endNanos < 0) {
      timer.waitUntil(nextNanos);
      action.start(nextNanos);
      started++;
      nextNanos = startNanos + arrivals.nextNanos();
    }
    timer.waitUntil(endNanos);
    return started;
  }
}
