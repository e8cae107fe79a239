package im.hongyan.relation.conversation;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.relation.outbox.OutboxSignal;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Notifies owners of conversations that the log has changed what they may read: joins, leaves and
 * clears take effect at their place in the log (docs/sequencing.md, Membership windows), and an
 * entry in the owner's version log and 1300 follow. Every rpc-relation runs it. Its creator closes
 * it.
 */
public final class WindowChanges implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final WindowChangeStore store;
  private final OutboxSignal outbox;
  private final InstantSource clock;
  private final Periodic periodic;

  private WindowChanges(
      WindowChangeStore store, OutboxSignal outbox, InstantSource clock, MeterRegistry meters) {
    this.store = store;
    this.outbox = outbox;
    this.clock = clock;
    periodic = Periodic.every(PAUSE, "window-changes", meters, this::announceAll);
  }

  /** Starts it. */
  public static WindowChanges start(
      WindowChangeStore store, OutboxSignal outbox, InstantSource clock, MeterRegistry meters) {
    return new WindowChanges(store, outbox, clock, meters);
  }

  /** Works off what is there. */
  void announceAll() {
    while (store.step(clock.millis()) > 0) {
      outbox.wake();
    }
  }

  @Override
  public void close() {
    periodic.close();
  }
}
