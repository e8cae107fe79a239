package im.hongyan.msg.retention;

import im.hongyan.kit.call.CallContext;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.mysql.HistoryRetentionStore;
import im.hongyan.messagelog.mysql.HistoryRetentionStore.Purge;
import im.hongyan.msg.mutation.Clears;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Deletes what was asked for, in two parts: first the log raises the first readable seq of the
 * conversation for everybody, then, once MySQL says that too, the messages go out of inbox and
 * history. So no reader misses anything. Each part can be done again without effect, wherever a
 * process has died. Safe for use by several threads.
 */
final class HistoryPurge {
  /** After which the deletion of a process that has died goes to another. */
  static final Duration LEASE = Duration.ofMinutes(1);

  /** So long may a message be sent once more and gets its first ids. */
  static final Duration IDS_KEPT = Duration.ofDays(2);

  private static final String OPERATION = "history-purge";
  private static final int PARTS_A_CLAIM = 20;
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final HistoryRetentionStore store;
  private final InboxStore inbox;
  private final Clears clears;
  private final Consumer<String> emptied;
  private final InstantSource clock;
  private final Counter deleted;

  /**
   * Creates it, with the counter {@code history_deleted}.
   *
   * @param emptied gets each conversation of which all is deleted that was asked for
   */
  HistoryPurge(
      HistoryRetentionStore store,
      InboxStore inbox,
      Clears clears,
      Consumer<String> emptied,
      InstantSource clock,
      MeterRegistry meters) {
    this.store = store;
    this.inbox = inbox;
    this.clears = clears;
    this.emptied = emptied;
    this.clock = clock;
    deleted = meters.counter("history_deleted");
  }

  /** Makes the next step of what is due first; returns whether there was one. */
  boolean step() {
    long now = clock.millis();
    Optional<Purge> claimed = store.claim(now, now + LEASE.toMillis());
    claimed.ifPresent(purge -> {
      if (store.firstReadable(purge.conversationId()) > purge.through()) {
        delete(purge, now);
      } else {
        // MySQL follows the log, as a rule within a second.
        CallContext.service(OPERATION).call(() -> raise(purge));
        long pause = Duration.ofSeconds(1).toMillis() << Math.min(purge.tries(), Short.SIZE);
        store.putOff(purge, now + Math.min(pause, LONGEST_PAUSE.toMillis()));
      }
    });
    return claimed.isPresent();
  }

  private Purge raise(Purge purge) {
    clears.forEverybody(Map.of(purge.conversationId(), purge.through()));
    return purge;
  }

  private void delete(Purge claimed, long now) {
    Purge purge = claimed;
    for (int i = 0; i < PARTS_A_CLAIM; i++) {
      List<Long> seqs = store.next(purge, InboxStore.MAX_IDS);
      if (seqs.isEmpty()) {
        store.done(purge, now + IDS_KEPT.toMillis());
        emptied.accept(purge.conversationId());
        return;
      }
      inbox.remove(purge.conversationId(), seqs);
      if (!store.delete(purge, seqs, now - IDS_KEPT.toMillis())) {
        return;
      }
      deleted.increment(seqs.size());
      purge = purge.behind(seqs.getLast());
    }
    store.goOn(purge, now);
  }
}
