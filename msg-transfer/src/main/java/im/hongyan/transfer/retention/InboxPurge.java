package im.hongyan.transfer.retention;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.mysql.InboxDays;
import im.hongyan.messagelog.mysql.InboxDays.SeqRange;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages out of the inbox once they are older than it keeps; history has them all, so no
 * reader sees a difference (messaging.md 8.1). Every msg-transfer does so each hour, each on other
 * conversations. Its creator closes it.
 */
public final class InboxPurge implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofHours(1);
  private static final int CONVERSATIONS_AT_ONCE = 100;

  private final InboxDays days;
  private final InboxStore inbox;
  private final int keptDays;
  private final Counter purged;
  private final MeterRegistry meters;
  private @Nullable Periodic runs;

  /**
   * Creates a purge, with meter {@code inbox_purged}.
   *
   * @param kept whole days
   */
  public InboxPurge(InboxDays days, InboxStore inbox, Duration kept, MeterRegistry meters) {
    this.days = days;
    this.inbox = inbox;
    keptDays = Math.toIntExact(kept.toDays());
    this.meters = meters;
    purged = meters.counter("inbox_purged");
  }

  /** Begins: now, and each hour. */
  public InboxPurge start() {
    runs = Periodic.nowAndEvery(PAUSE, "inbox-purge", meters, this::run);
    return this;
  }

  /**
   * Takes out everything that is old enough.
   *
   * @throws RuntimeException when a store does not answer; what was taken out stays so
   */
  void run() {
    int done;
    do {
      done = days.release(keptDays, CONVERSATIONS_AT_ONCE, this::purge);
    } while (done == CONVERSATIONS_AT_ONCE && !Thread.currentThread().isInterrupted());
  }

  private void purge(SeqRange range) {
    for (long from = range.first(); from < range.end(); from += InboxStore.MAX_IDS) {
      long to = Math.min(range.end(), from + InboxStore.MAX_IDS);
      inbox.remove(range.conversationId(), LongStream.range(from, to).boxed().toList());
      purged.increment((double) (to - from));
    }
  }

  @Override
  public void close() {
    if (runs != null) {
      runs.close();
    }
  }
}
