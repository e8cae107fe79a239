package im.hongyan.msg.burn;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.messagelog.mysql.BurnDueStore;
import im.hongyan.messagelog.mysql.BurnDueStore.Due;
import im.hongyan.msg.mutation.Deletions;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes messages some time after they were read (messaging.md 6.7, docs/protocol/messages.md), as
 * a user's deletion does: in the log. What is due the history writer has said. Every rpc-msg runs
 * it; a deletion is one's own for a minute, and another's after that. It is taken off the list when
 * readers find it done, so that a process that dies on the way leaves it to another; what that one
 * does again shows nowhere. Its creator closes it.
 */
public final class Burns implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Burns.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final int DELETIONS_A_STEP = 50;
  private static final String OPERATION = "burns";

  private final BurnDueStore store;
  private final Deletions deletions;
  private final InstantSource clock;
  private final Counter burned;
  private final AtomicLong lag = new AtomicLong();
  private final MeterRegistry meters;
  private volatile boolean closed;
  private @Nullable Periodic runs;

  /**
   * Creates it, with the counter {@code messages_burned} and the gauge {@code burn_lag_seconds};
   * nothing is deleted before {@link #start}.
   */
  public Burns(BurnDueStore store, Deletions deletions, InstantSource clock, MeterRegistry meters) {
    this.store = store;
    this.deletions = deletions;
    this.clock = clock;
    this.meters = meters;
    burned = meters.counter("messages_burned");
    meters.gauge("burn_lag_seconds", lag, AtomicLong::doubleValue);
  }

  /** Begins: each second. */
  public Burns start() {
    runs = Periodic.every(PAUSE, "burns", meters, this::run);
    return this;
  }

  /** Works off what is due. */
  void run() {
    int rows;
    do {
      rows = step();
      long now = clock.millis();
      lag.set(store.oldest().stream().map(at -> Math.max(0, now - at) / 1_000).sum());
    } while (rows == DELETIONS_A_STEP && !closed);
  }

  private int step() {
    long now = clock.millis();
    List<Due> rows = store.claim(now, now + LEASE.toMillis(), DELETIONS_A_STEP);
    for (Due due : rows) {
      try {
        CallContext.service(OPERATION)
            .call(() -> {
              burn(due);
              return due;
            });
        store.done(due.id());
        burned.increment(due.seqs().size());
      } catch (ImException e) {
        // Tried again when the lease ends.
        LOG.warn("messages of {} do not burn now: {}", due.conversationId(), e.toString());
      }
    }
    return rows.size();
  }

  private void burn(Due due) {
    ConversationId id = new ConversationId(due.conversationId());
    if (due.userId().isEmpty()) {
      deletions.burn(id, due.seqs());
    } else {
      deletions.burn(id, new UserId(due.userId()), due.seqs());
    }
  }

  @Override
  public void close() {
    closed = true;
    if (runs != null) {
      runs.close();
    }
  }
}
