package im.hongyan.transfer.search;

import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.search.HistoryPages;
import im.hongyan.messagelog.search.SearchBatch;
import im.hongyan.messagelog.search.SearchEngineException;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.search.SearchStore.Rebuild;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.transfer.follower.LaneHistory;
import im.hongyan.transfer.follower.SequencedBatch;
import im.hongyan.wire.error.StoreUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log for the index of words; what it adds is there before its position moves. A lane
 * whose index was built by other rules, or whose log has lost what the index lacks, is built from
 * history first. A search engine that does not answer stops it alone. Lives in its consumer's
 * thread.
 */
public final class SearchWriter implements LaneConsumer.Handler {
  private static final Logger LOG = LoggerFactory.getLogger(SearchWriter.class);

  private static final Duration FORGET_PAUSE = Duration.ofHours(1);

  private final SearchStore store;
  private final HistoryStore history;
  private final IndexRebuild rebuild;
  private final String format;
  private final InstantSource clock;
  private final LaneGauges gauges;
  private final Duration kept;
  private final EngineOutage outage;
  private final Map<Integer, WriterState> states = new HashMap<>();
  private final Set<Integer> failed = new HashSet<>();
  private long nextForgetMillis;
  private boolean pending;

  private record WriterState(long offset, ClaimTrack claims) {}

  /**
   * Where messages come from, beside the log.
   *
   * @param lanes how many there are
   * @param kept how long history keeps messages; zero for good
   */
  public record History(HistoryStore store, HistoryPages pages, int lanes, Duration kept) {
    /** One that keeps them for good. */
    public History(HistoryStore store, HistoryPages pages, int lanes) {
      this(store, pages, lanes, Duration.ZERO);
    }
  }

  /**
   * Creates a writer.
   *
   * @param format an index that was built by another is built anew
   */
  public SearchWriter(
      SearchStore store,
      History history,
      String format,
      InstantSource clock,
      MeterRegistry meters) {
    this.store = store;
    this.history = history.store();
    kept = history.kept();
    rebuild = new IndexRebuild(store, new LaneHistory(history.pages(), history.lanes()));
    this.format = format;
    this.clock = clock;
    gauges = new LaneGauges(meters, "search");
    outage = new EngineOutage(clock, meters);
  }

  @Override
  public LaneStart start(int lane, long begin) {
    if (outage.lasts()) {
      return LaneStart.LATER;
    }
    try {
      return next(lane, begin);
    } catch (SearchEngineException e) {
      outage.failed(e);
      return LaneStart.LATER;
    }
  }

  /** The next step on a lane's way to the log. */
  private LaneStart next(int lane, long begin) {
    Rebuild built = store.rebuild(lane);
    FollowerPosition position = store.position(lane);
    boolean other = !built.format().equals(format);
    if (other || position.getOffset() + 1 < begin) {
      return again(
          lane, begin, other ? "it is of another form" : "the log does not go back so far");
    }
    if (!built.done()) {
      rebuild.step(lane, built, clock.millis());
      outage.answered();
      while (store.tidy(lane)) {
        // Few segments at every moment, also while many messages come in.
      }
      return LaneStart.NOT_YET;
    }
    outage.answered();
    store.begin(lane);
    states.put(lane, new WriterState(position.getOffset(), ClaimTrack.of(position)));
    return new LaneStart(ClaimTrack.newestStart(position), position.getOffset(), false);
  }

  /** What history has by now is read from there, and what comes later from the log. */
  private LaneStart again(int lane, long begin, String reason) {
    FollowerPosition at = history.position(lane);
    if (at.getOffset() + 1 < begin) {
      // History itself lacks what the log lost; its own writer deals with that.
      return LaneStart.NOT_YET;
    }
    if (at.getOffset() >= 0) {
      LOG.info("lane {}: the index of words is built from history, since {}", lane, reason);
    }
    store.restart(lane, format, at);
    outage.answered();
    return LaneStart.NOT_YET;
  }

  @Override
  public void stop(int lane) {
    states.remove(lane);
    failed.remove(lane);
    gauges.remove(lane);
  }

  @Override
  public void handle(int lane, List<LaneRecord> records) {
    WriterState state = states.get(lane);
    if (state == null) {
      return;
    }
    SequencedBatch batch = SequencedBatch.of(state.claims(), records, state.offset());
    if (batch.lastOffset() <= state.offset()) {
      return;
    }
    Searchable found = new Searchable();
    batch.messages().forEach(found::add);
    FollowerPosition next = state.claims().position(batch.lastOffset(), clock.millis());
    SearchBatch added = found.batch(records.getLast().appendedAtMillis());
    try {
      if (!store.append(lane, state.offset(), next, added)) {
        throw new StoreUnavailableException("lane " + lane + ": another search follower moved on");
      }
    } catch (SearchEngineException e) {
      outage.failed(e);
      states.remove(lane);
      failed.add(lane);
      return;
    }
    states.put(lane, new WriterState(batch.lastOffset(), state.claims()));
    gauges.set(lane, batch.lastOffset());
  }

  /**
   * One step of tidying for each lane, between two batches; and now and then a look at what history
   * keeps no longer.
   */
  @Override
  public Set<Integer> finish() {
    pending = false;
    if (!outage.lasts()) {
      try {
        tidy();
      } catch (SearchEngineException e) {
        outage.failed(e);
      }
    }
    Set<Integer> again = Set.copyOf(failed);
    failed.clear();
    return again;
  }

  private void tidy() {
    long now = clock.millis();
    if (!kept.isZero() && now >= nextForgetMillis) {
      boolean any = false;
      for (int lane : states.keySet()) {
        any |= store.forget(lane, now - kept.toMillis());
      }
      nextForgetMillis = any ? now : now + FORGET_PAUSE.toMillis();
    }
    for (int lane : states.keySet()) {
      pending |= store.tidy(lane);
    }
  }

  @Override
  public boolean hasPendingWork() {
    return pending;
  }
}
