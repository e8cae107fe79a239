package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneFaultException;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneLogs;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.transfer.sequencer.ValidRecords.Valid;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a lane over: claim, fold, bring Redis up to the claim (docs/sequencing.md O1 to O3). Run
 * once per ownership, on any one thread.
 */
final class Takeover {
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

  private final int lane;
  private final LaneStores stores;
  private final LaneLogs.Appends appends;
  private final Tail tail = new Tail();
  private final FollowerPosition checkpoint;
  private final FollowerPosition history;
  private final long foldStart;
  private final ValidRecords folded;

  /**
   * A lane that is ours.
   *
   * @param term offset of our claim, and of the last record in the log
   * @param historyOffset where the history writer stood
   * @param reopening what sends wait for, null where they are accepted
   */
  record Owned(
      long term,
      Tail tail,
      ClaimTrack claims,
      LaneState state,
      long historyOffset,
      @Nullable Reopening reopening,
      LaneLogs.Appends appends) {}

  /**
   * Looks at the lane; writes nothing but a claim where the log is empty and history lacks records.
   *
   * @param checkpoint position in im-sequenced that a former owner committed
   * @throws LaneFaultException when the log lacks what the stores do not have, or what they have
   */
  Takeover(int lane, LaneStores stores, FollowerPosition checkpoint) {
    this.lane = lane;
    this.stores = stores;
    this.checkpoint = checkpoint;
    // Asked first, so that no claim is written while a store is away.
    history = stores.history().position(lane);
    stores.cache().state(lane);
    // The older of both, since what history wrote last may be lost, however far it had come.
    long oldest = Math.min(ClaimTrack.oldestStart(checkpoint), ClaimTrack.oldestStart(history));
    try (LaneLog log = stores.log().sequenced(lane)) {
      long begin = log.begin();
      requireFollowed(begin, log.end());
      foldStart = Math.max(oldest, begin);
    }
    folded = new ValidRecords(lane, claimsBefore());
    appends = stores.log().appends(lane);
  }

  /** What history lacks must still be there, and what it has. */
  private void requireFollowed(long begin, long end) {
    try {
      new LaneStart(0, history.getOffset(), false)
          .within("the log that history follows", lane, begin, end);
    } catch (LaneFaultException fault) {
      if (begin == end && begin > history.getOffset() + 1) {
        // Whoever goes on behind the begin must know which records count there.
        try (LaneLogs.Appends claim = stores.log().appends(lane)) {
          appendClaim(claim, stores.owner());
        }
      }
      throw fault;
    }
  }

  /** Does it; after a failure nothing is held. */
  Owned run(long checkpointInbound) {
    try {
      return claimAndFold(checkpointInbound);
    } catch (RuntimeException e) {
      appends.close();
      throw e;
    }
  }

  private Owned claimAndFold(long checkpointInbound) {
    long term = appendClaim(appends, stores.owner());
    try (LaneLog log = stores.log().sequenced(lane)) {
      folded.read(
          log, foldStart, -1, term + 1, chunk -> chunk.forEach(valid -> tail.add(valid.record())));
    }
    tail.setLastInbound(checkpointInbound);
    requireInbound();
    LaneState state = bringCacheTo(term);
    tail.visible(stores.clock().millis());
    LOG.info("lane {} is ours from {} on; {} records folded", lane, term, folded.count());
    stores.meters().takenOver();
    return new Owned(
        term,
        tail,
        folded.claims(),
        state,
        history.getOffset(),
        Reopening.begin(lane, stores, tail, state),
        appends);
  }

  /** What is not numbered yet must still be there. */
  private void requireInbound() {
    try (LaneLog inbound = stores.log().inbound(lane)) {
      LaneStart.at(tail.lastInbound() + 1)
          .within("the log of accepted messages", lane, inbound.begin(), inbound.end());
    }
  }

  /** What is known of the claims before the fold. */
  private ClaimTrack claimsBefore() {
    return ClaimTrack.from(foldStart, List.of(checkpoint, history));
  }

  static long appendClaim(LaneLogs.Appends appends, String owner) {
    SequencedRecord claim =
        SequencedRecord.newBuilder().setClaim(Claim.newBuilder().setOwner(owner)).build();
    return appends.append(LaneRecords.encode(claim)).join();
  }

  /** O3: what is missing, or everything that the fold knows under a new generation. */
  private LaneState bringCacheTo(long term) {
    LaneCache cache = stores.cache();
    while (true) {
      LaneState state = cache.state(lane);
      if (state.position() > term) {
        requireLost(state.position());
      }
      boolean reachable = state.position() >= foldStart - 1 && state.position() <= term;
      if (!state.present() || !reachable) {
        return reload(state, term);
      }
      LaneState done = applyMissing(state, term);
      if (done != null) {
        return done;
      }
      // A predecessor that still wrote moved the position: look again.
    }
  }

  /** A position behind our claim is a later owner's, unless the log does not reach so far. */
  private void requireLost(long position) {
    try (LaneLog log = stores.log().sequenced(lane)) {
      if (position < log.end()) {
        throw new SupersededException("lane " + lane + ": Redis is already at " + position);
      }
    }
  }

  private @Nullable LaneState applyMissing(LaneState from, long term) {
    Progress progress = new Progress(from);
    if (folded.last() > from.position()) {
      readAgain(
          folded.startFor(from.position(), foldStart), from.position(), term, progress::apply);
    }
    return progress.apply(term, new VisibleBatch().upTo(tail.lastInbound(), -1));
  }

  /** How far Redis was brought; nothing more is applied once it has refused. */
  private final class Progress {
    private @Nullable LaneState state;

    Progress(LaneState from) {
      state = from;
    }

    void apply(List<Valid> chunk) {
      apply(chunk.getLast().offset(), visible(chunk));
    }

    @Nullable LaneState apply(long position, LaneBatch batch) {
      LaneState at = state;
      if (at != null) {
        state =
            stores.cache().apply(lane, at, position, batch, false)
                ? new LaneState(at.generation(), position, at.open(), at.completeSinceMillis())
                : null;
      }
      return state;
    }
  }

  private LaneState reload(LaneState old, long term) {
    if (term > 0) {
      LOG.warn("lane {}: Redis has lost it; loading {} records anew", lane, folded.count());
    }
    String generation = stores.cache().newGeneration();
    AtomicInteger loaded = new AtomicInteger();
    readAgain(
        foldStart,
        -1,
        term,
        chunk -> {
          LaneBatch batch = visible(chunk);
          stores.cache().load(lane, generation, loaded.get(), batch);
          loaded.addAndGet(batch.size());
        });
    long completeSince = foldStart == 0 ? 0 : folded.firstMillis();
    LaneState next = new LaneState(generation, term, false, completeSince);
    if (!stores.cache().publish(lane, next, loaded.get(), old, tail.lastInbound())) {
      throw new SupersededException("lane " + lane + ": Redis changed meanwhile");
    }
    return next;
  }

  private void readAgain(long from, long behind, long term, Consumer<List<Valid>> sink) {
    try (LaneLog log = stores.log().sequenced(lane)) {
      new ValidRecords(lane, claimsBefore()).read(log, from, behind, term + 1, sink);
    }
  }

  private static LaneBatch visible(List<Valid> records) {
    VisibleBatch batch = new VisibleBatch();
    records.forEach(v -> batch.add(v.offset(), v.record().getMessage()));
    return batch.upTo(records.getLast().record().getInboundOffset(), -1);
  }
}
