package im.hongyan.transfer.follower;

import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.Conversations;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.messagelog.lane.LaneContents;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneLogs;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.transfer.follower.LostMessages.Range;
import im.hongyan.wire.error.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives history what the log has lost before history had it (docs/sequencing.md, Retention): from
 * Redis and the inbox, where Redis provably holds all of it. What no store has is given up by the
 * operator alone, and gets tombstones. Nothing is written before all is found; what is written
 * twice changes nothing, and the position moves with the last transaction. Lives in the history
 * writer's thread.
 */
public final class HistoryRepair implements HistoryWriter.Repair {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryRepair.class);

  /** So long does Redis keep bodies and mutations, less what clocks may be apart. */
  private static final Duration KEPT = Duration.ofMinutes(115);

  private static final Duration CLOCKS_APART = Duration.ofMinutes(5);

  private final Sources sources;
  private final HistoryStore history;
  private final AcceptedLosses accepted;
  private final InstantSource clock;

  /**
   * What is asked.
   *
   * @param checkpoint position in im-sequenced that a lane's owner committed
   * @param conversations asked only when a loss is given up
   */
  public record Sources(
      LaneLogs log,
      LaneCache cache,
      LaneContents contents,
      InboxStore inbox,
      IntFunction<FollowerPosition> checkpoint,
      LaneConversations conversations) {}

  /** The conversations of a lane, as far as MySQL knows them. */
  public record LaneConversations(Conversations all, int lanes) {}

  /** Uses stores; their owners close them. */
  public HistoryRepair(
      Sources sources, HistoryStore history, AcceptedLosses accepted, InstantSource clock) {
    this.sources = sources;
    this.history = history;
    this.accepted = accepted;
    this.clock = clock;
  }

  /** What is known of a loss before anything is looked up. */
  private record Loss(
      LaneGap gap, FollowerPosition at, LaneState cached, boolean whole, boolean givenUp) {}

  @Override
  public FollowerPosition run(int lane, FollowerPosition at, long begin) {
    LaneGap gap = new LaneGap(lane, at.getOffset(), begin);
    LaneState cached = sources.cache().state(lane);
    boolean givenUp = accepted.covers(lane, begin);
    Optional<String> doubt = doubt(at, begin, cached);
    if (doubt.isPresent() && !givenUp) {
      throw gap.fault(doubt.get(), accepted);
    }
    Loss loss = new Loss(gap, at, cached, doubt.isEmpty(), givenUp);
    // Redis first: what it shows then is in the log's end, or was before its begin.
    Map<String, Top> tops =
        cached.present() ? sources.contents().tops(lane, cached.generation()) : Map.of();
    ClaimTrack claims = claims(loss);
    LostMessages lost =
        new LostMessages(sources, history, lane, cached.generation(), ranges(loss, claims, tops));
    long missing = lost.count();
    if (missing > 0 && !givenUp) {
      throw gap.fault(
          "%d messages of %d conversations are in no store".formatted(missing, lost.unfound()),
          accepted);
    }
    FollowerPosition next =
        (claims == null ? new ClaimTrack() : claims)
            .position(begin - 1, clock.millis()).toBuilder()
                .setAppendedMillis(at.getAppendedMillis())
                .build();
    write(loss, lost, next);
    LOG.warn(
        "lane {}: records {} to {} are gone from im-sequenced; history got {} messages of them from"
            + " Redis and the inbox, and {} are given up",
        lane,
        gap.after() + 1,
        begin - 1,
        lost.wanted() - missing,
        missing);
    return next;
  }

  private void write(Loss loss, LostMessages lost, FollowerPosition next) {
    int lane = loss.gap().lane();
    RepairTransactions writes = new RepairTransactions(history, lane, loss.at());
    lost.each(loss.givenUp(), clock.millis(), writes::row);
    String generation = loss.cached().generation();
    if (loss.cached().present()) {
      sources.contents().reads(lane, generation, marks -> marks.forEach(writes::mark));
      sources
          .contents()
          .mutations(
              lane,
              generation,
              loss.gap().after(),
              loss.gap().begin(),
              mutation -> writes.mutation(lost.withTombstones(mutation)));
    }
    LaneState now = sources.cache().state(lane);
    if (!now.generation().equals(generation)) {
      throw new StoreUnavailableException("lane " + lane + ": Redis changed during the repair");
    }
    writes.end(next);
  }

  private Map<String, Range> ranges(Loss loss, @Nullable ClaimTrack claims, Map<String, Top> tops) {
    LaneGap gap = loss.gap();
    LostRanges ranges = new LostRanges(sources, history, gap.lane());
    try (LaneLog log = sources.log().sequenced(gap.lane())) {
      FirstSeqs firsts =
          new FirstSeqs(
              claims,
              () ->
                  gap.fault("the claim before record " + gap.begin() + " is not known", accepted));
      return ranges.between(tops, firsts.read(log, gap.begin()), !loss.whole());
    }
  }

  /** The latest claim before the begin; null where nobody knows it. */
  private @Nullable ClaimTrack claims(Loss loss) {
    FollowerPosition checkpoint = sources.checkpoint().apply(loss.gap().lane());
    long begin = loss.gap().begin();
    List<FollowerPosition> positions = List.of(checkpoint, loss.at());
    return ClaimTrack.proven(begin, positions)
        .orElse(loss.givenUp() ? ClaimTrack.from(begin, positions) : null);
  }

  /** Why Redis may lack something of what is gone. */
  private Optional<String> doubt(FollowerPosition at, long begin, LaneState cached) {
    if (!cached.present() || cached.position() < begin - 1) {
      return Optional.of("Redis does not hold the lane up to there");
    }
    long appended = at.getAppendedMillis();
    if (appended == 0) {
      return Optional.of("nobody knows since when");
    }
    if (cached.completeSinceMillis() > appended) {
      return Optional.of("Redis was emptied since");
    }
    long now = clock.millis();
    if (appended < now - KEPT.toMillis() || appended > now + CLOCKS_APART.toMillis()) {
      return Optional.of(
          "history stands at "
              + Instant.ofEpochMilli(appended)
              + ", and Redis keeps all for two hours only");
    }
    return Optional.empty();
  }
}
