package im.hongyan.transfer.statistics;

import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.statistics.SentMessage;
import im.hongyan.messagelog.statistics.StatisticsStore;
import im.hongyan.messagelog.statistics.StatisticsStore.Counted;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.transfer.follower.LaneHistory;
import im.hongyan.transfer.follower.SequencedBatch;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log for statistics; counts and position move in one transaction, so that each message
 * counts once. Nobody waits for it: what comes within some seconds is written at once. A lane that
 * was never counted, or whose log has lost what is not counted yet, is counted from history first.
 * Lives in its consumer's thread.
 */
public final class StatisticsWriter implements LaneConsumer.Handler {
  private static final Logger LOG = LoggerFactory.getLogger(StatisticsWriter.class);

  /** What waits is written after this, or once there are so many. */
  private static final long MAX_WAIT_MILLIS = 5_000;

  private static final int MESSAGES_A_WRITE = 1_000;

  private final StatisticsStore store;
  private final HistoryStore history;
  private final LaneHistory pages;
  private final InstantSource clock;
  private final LaneGauges gauges;
  private final Map<Integer, LaneCounts> lanes = new HashMap<>();
  private boolean pending;

  /** What was read of a lane, and is not written yet. */
  private static final class LaneCounts {
    private final ClaimTrack claims;
    private final List<SentMessage> messages = new ArrayList<>();
    private long written;
    private long read;
    private long sinceMillis;

    private LaneCounts(FollowerPosition position) {
      claims = ClaimTrack.of(position);
      written = position.getOffset();
      read = written;
    }
  }

  /**
   * Creates a writer.
   *
   * @param history whose follower has stored what {@code pages} hold
   */
  public StatisticsWriter(
      StatisticsStore store,
      HistoryStore history,
      LaneHistory pages,
      InstantSource clock,
      LaneGauges gauges) {
    this.store = store;
    this.history = history;
    this.pages = pages;
    this.clock = clock;
    this.gauges = gauges;
  }

  @Override
  public LaneStart start(int lane, long begin) {
    lanes.remove(lane);
    Counted counted = store.counted(lane);
    FollowerPosition position = store.position(lane);
    if (counted == null || position.getOffset() + 1 < begin) {
      return again(lane, begin);
    }
    if (!counted.done()) {
      countHistory(lane, counted);
      return LaneStart.NOT_YET;
    }
    store.begin(lane);
    lanes.put(lane, new LaneCounts(position));
    return new LaneStart(ClaimTrack.newestStart(position), position.getOffset(), false);
  }

  /** What history has by now is counted from there, and what comes later from the log. */
  private LaneStart again(int lane, long begin) {
    FollowerPosition at = history.position(lane);
    // Where history lacks what the log lost, its own writer deals with that first.
    if (at.getOffset() + 1 >= begin && store.forget(lane)) {
      if (at.getOffset() >= 0) {
        LOG.info("lane {}: messages are counted from history", lane);
      }
      store.restart(lane, at);
    }
    return LaneStart.NOT_YET;
  }

  private void countHistory(int lane, Counted from) {
    List<SentMessage> messages = new ArrayList<>();
    LaneHistory.Reached reached =
        pages.read(
            lane,
            from.conversationId(),
            from.seq(),
            row ->
                add(messages, row.conversationId(), row.seq(), row.sendId(), row.sendTimeMillis()));
    store.fill(
        lane,
        from,
        new Counted(reached.conversationId(), reached.seq(), reached.done()),
        messages,
        history.position(lane).getOffset());
    while (store.tidy(lane, clock.millis())) {
      // Few open rows at every moment.
    }
  }

  private static void add(
      List<SentMessage> messages, String conversationId, long seq, String sendId, long sentMillis) {
    if (SentMessage.counts(conversationId) && !sendId.isEmpty()) {
      messages.add(new SentMessage(conversationId, seq, sendId, sentMillis));
    }
  }

  @Override
  public void stop(int lane) {
    lanes.remove(lane);
    gauges.remove(lane);
  }

  @Override
  public void handle(int lane, List<LaneRecord> records) {
    LaneCounts counts = lanes.get(lane);
    if (counts == null) {
      return;
    }
    SequencedBatch batch = SequencedBatch.of(counts.claims, records, counts.read);
    if (batch.lastOffset() <= counts.read) {
      return;
    }
    if (counts.read == counts.written) {
      counts.sinceMillis = clock.millis();
    }
    batch.messages().forEach(record -> add(counts.messages, record));
    counts.read = batch.lastOffset();
  }

  private static void add(List<SentMessage> messages, InboundRecord record) {
    for (Copy copy : record.getCopiesList()) {
      if (copy.getSeq() != 0) {
        add(
            messages,
            copy.getConversationId(),
            copy.getSeq(),
            record.getSendId(),
            record.getSendTimeMillis());
      }
    }
  }

  /** Writes what is due, and then one step of tidying for each lane. */
  @Override
  public Set<Integer> finish() {
    long now = clock.millis();
    Set<Integer> again = new HashSet<>();
    pending = false;
    lanes.forEach((lane, counts) -> {
      if (isDue(counts, now)) {
        if (!write(lane, counts, now)) {
          LOG.warn("lane {}: another follower counts for statistics", lane);
          again.add(lane);
        }
      }
      pending |= store.tidy(lane, now);
    });
    again.forEach(lanes::remove);
    return again;
  }

  private static boolean isDue(LaneCounts counts, long now) {
    return counts.read > counts.written
        && (counts.messages.size() >= MESSAGES_A_WRITE
            || Math.abs(now - counts.sinceMillis) >= MAX_WAIT_MILLIS);
  }

  private boolean write(int lane, LaneCounts counts, long now) {
    FollowerPosition next = counts.claims.position(counts.read, now);
    if (!store.append(lane, counts.written, next, counts.messages)) {
      return false;
    }
    counts.messages.clear();
    counts.written = counts.read;
    gauges.set(lane, counts.written);
    return true;
  }

  @Override
  public boolean acceptsMore(int lane) {
    LaneCounts counts = lanes.get(lane);
    return counts == null || counts.messages.size() < 2 * MESSAGES_A_WRITE;
  }

  @Override
  public boolean hasPendingWork() {
    return pending;
  }
}
