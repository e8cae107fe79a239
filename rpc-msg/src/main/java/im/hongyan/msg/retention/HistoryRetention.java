package im.hongyan.msg.retention;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.mysql.HistoryRetentionStore;
import im.hongyan.messagelog.search.HistoryPages;
import im.hongyan.msg.mutation.Clears;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The only thing that makes history shorter by itself (messaging.md 8.1): what is older than {@code
 * history.retention}, and what administrators asked for. Every rpc-msg runs one; they share the
 * work by leases. Its creator closes it.
 */
public final class HistoryRetention implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final HistoryRetentionStore store;
  private final HistorySweep sweep;
  private final HistoryPurge purge;
  private final InstantSource clock;
  private final boolean sweeps;
  private final MeterRegistry meters;
  private final AtomicLong lag = new AtomicLong();
  private volatile boolean closed;
  private @Nullable Periodic runs;

  /**
   * Where it works.
   *
   * @param pages which conversations history has
   */
  public record Stores(HistoryRetentionStore retention, HistoryPages pages, InboxStore inbox) {}

  /**
   * Creates it, with the counter {@code history_deleted} and the gauge {@code
   * history_retention_lag_seconds}; nothing is deleted before {@link #start}.
   */
  public HistoryRetention(
      RetentionConfig config,
      Stores stores,
      Clears clears,
      InstantSource clock,
      MeterRegistry meters) {
    this.clock = clock;
    this.meters = meters;
    sweeps = !config.forGood();
    store = stores.retention();
    sweep = new HistorySweep(store, stores.pages(), config, clock);
    purge = new HistoryPurge(store, stores.inbox(), clears, sweep::look, clock, meters);
    meters.gauge("history_retention_lag_seconds", lag, AtomicLong::doubleValue);
  }

  /** Begins: every two seconds. */
  public HistoryRetention start() {
    runs = Periodic.every(PAUSE, "history-retention", meters, this::run);
    return this;
  }

  /** Works off what is due. */
  void run() {
    measure();
    boolean any = true;
    while (any && !closed) {
      any = sweep.step();
      any |= purge.step();
      measure();
    }
  }

  private void measure() {
    long now = clock.millis();
    lag.set(store.oldest(sweeps).stream().map(at -> Math.max(0, now - at) / 1_000).sum());
  }

  @Override
  public void close() {
    closed = true;
    if (runs != null) {
      runs.close();
    }
  }
}
