package im.hongyan.kit.lifecycle;

import im.hongyan.kit.logging.RareLog;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done again and again, with a pause between its end and its next begin. What it
 * throws is logged, a line a minute at most, and counted as {@code periodic_failed}; it goes on all
 * the same. Runs on a virtual thread of its own, which {@link #close} interrupts.
 */
public final class Periodic implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Periodic.class);

  private final String name;
  private final Work work;
  private final @Nullable Counter failures;
  private final RareLog lines = new RareLog();
  private final Thread thread;

  /** What is done; it may block, and ends where it is interrupted. */
  @FunctionalInterface
  public interface Work {
    /** Does it once. */
    void run() throws InterruptedException;
  }

  private Periodic(
      String name, Duration first, Duration pause, Work work, @Nullable MeterRegistry meters) {
    this.name = name;
    this.work = work;
    failures = meters == null ? null : meters.counter("periodic_failed", "name", name);
    thread = Thread.ofVirtual().name(name).start(() -> repeat(first, pause));
  }

  /** Begins after a pause. */
  public static Periodic every(Duration pause, String name, MeterRegistry meters, Work work) {
    return new Periodic(name, pause, pause, work, meters);
  }

  /** Begins after a pause; for parts of a process that have no meters. */
  public static Periodic every(Duration pause, String name, Work work) {
    return new Periodic(name, pause, pause, work, null);
  }

  /** Begins at once. */
  public static Periodic nowAndEvery(Duration pause, String name, MeterRegistry meters, Work work) {
    return new Periodic(name, Duration.ZERO, pause, work, meters);
  }

  private void repeat(Duration first, Duration pause) {
    try {
      Thread.sleep(first);
      while (!Thread.currentThread().isInterrupted()) {
        runOnce();
        Thread.sleep(pause);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private void runOnce() throws InterruptedException {
    try {
      work.run();
    } catch (ImException away) {
      failed();
      if (lines.due(System.nanoTime())) {
        LOG.warn("{} goes on after a failure: {}", name, away.detail());
      }
    } catch (RuntimeException fault) {
      failed();
      if (lines.due(System.nanoTime())) {
        LOG.error("{} goes on after a fault", name, fault);
      }
    }
  }

  private void failed() {
    if (failures != null) {
      failures.increment();
    }
  }

  /** Interrupts the work, and does not wait for it. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
