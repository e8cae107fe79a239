package im.hongyan.relation.batchsend;

import im.hongyan.kit.lifecycle.Periodic;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Does what jobs of {@link BatchSends} say, step by step, and forgets them a week after their end.
 * Every rpc-relation runs one; they share the work. Its creator closes it.
 */
public final class BatchSendWorker implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration CLEAN_UP_PAUSE = Duration.ofMinutes(10);
  private static final Duration KEPT = Duration.ofDays(7);
  private static final int FORGOTTEN_AT_ONCE = 20;

  private final BatchSendStore store;
  private final BatchSteps steps;
  private final InstantSource clock;
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong oldestMillis = new AtomicLong();
  private final Periodic periodic;
  private final Periodic cleanUp;

  private BatchSendWorker(
      BatchSendStore store, BatchSteps steps, InstantSource clock, MeterRegistry meters) {
    this.store = store;
    this.steps = steps;
    this.clock = clock;
    meters.gauge("batch_send_waiting", waiting);
    meters.gauge("batch_send_oldest_seconds", this, BatchSendWorker::oldestSeconds);
    periodic = Periodic.every(PAUSE, "batch-sends", meters, this::workOff);
    cleanUp = Periodic.every(CLEAN_UP_PAUSE, "batch-sends-clean-up", meters, this::forgetOld);
  }

  /**
   * Starts it.
   *
   * @param perSecond messages a second that it sends at most
   */
  public static BatchSendWorker start(
      BatchSendStore store,
      BatchSender sender,
      InstantSource clock,
      int perSecond,
      MeterRegistry meters) {
    return new BatchSendWorker(
        store, new BatchSteps(store, sender, clock, perSecond, meters), clock, meters);
  }

  private double oldestSeconds() {
    long begin = oldestMillis.get();
    return begin == 0 ? 0 : Math.max(0, clock.millis() - begin) / 1e3;
  }

  private void workOff() throws InterruptedException {
    boolean any = true;
    while (any) {
      measure();
      any = steps.next();
    }
  }

  private void measure() {
    BatchSendStore.Backlog backlog = store.backlog();
    waiting.set(backlog.receivers());
    oldestMillis.set(backlog.oldestMillis());
  }

  private void forgetOld() {
    boolean more = true;
    while (more) {
      more = store.forget(clock.millis() - KEPT.toMillis(), FORGOTTEN_AT_ONCE);
    }
  }

  @Override
  public void close() {
    periodic.close();
    cleanUp.close();
  }
}
