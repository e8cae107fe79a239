package im.hongyan.transfer.sequencer;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.stores.kafka.LaneRecord;
import im.hongyan.stores.kafka.LaneRecords;
import im.hongyan.stores.lane.ClaimTrack;
import im.hongyan.stores.redis.LaneBatch;
import im.hongyan.stores.redis.LaneState;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a lane over: claim, fold, bring Redis up to the claim (SEQUENCING.md O1 to O3). Run once
 * per ownership, on any one thread.
 */
final class Takeover {
  private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
  private static final int CHUNK = 200;

  private final int lane;
  private final LaneStores stores;
  private final LaneLogPort.Appends appends;
  private final Tail tail = new Tail();
  private final List<Valid> valid = new ArrayList<>();
  private long foldStart;
  private long foldStartMillis;

  private record Valid(long offset, long appendedAtMillis, SequencedRecord record) {}

  /**
   * A lane that is ours.
   *
   * @param term offset of our claim, and of the last record in the log
   * @param historyOffset where the history writer stood
   * @param openAt inbound offset behind which sends are accepted again, -1 when they are
   */
  record Owned(
      long term,
      Tail tail,
      ClaimTrack claims,
      LaneState state,
      long historyOffset,
      long openAt,
      LaneLogPort.Appends appends) {}

  Takeover(int lane, LaneStores stores) {
    this.lane = lane;
    this.stores = stores;
    appends = stores.log().appends(lane);
  }

  /** Does it; after a failure nothing is held. */
  Owned run(FollowerPosition checkpoint, long checkpointInbound) {
    try {
      return claimAndFold(checkpoint, checkpointInbound);
    } catch (RuntimeException e) {
      appends.close();
      throw e;
    }
  }

  private Owned claimAndFold(FollowerPosition checkpoint, long checkpointInbound) {
    // Asked first, so that no claim is written while a store is away.
    FollowerPosition history = stores.history().position(lane);
    stores.cache().state(lane);
    long term = appendClaim(appends, stores.owner());
    if (history.getOffset() > term) {
      throw ImException.internal(
          "lane "
              + lane
              + ": history stands at "
              + history.getOffset()
              + " beyond the log's end "
              + term
              + "; the log has lost records, the lane is stopped",
          null);
    }
    // The older of both, since what history wrote last may be lost, however far it had come.
    long oldest = Math.min(ClaimTrack.oldestStart(checkpoint), ClaimTrack.oldestStart(history));
    ClaimTrack claims = ClaimTrack.of(FollowerPosition.getDefaultInstance());
    try (LaneLogPort.Stretch log = stores.log().sequenced(lane)) {
      foldStart = Math.max(oldest, log.begin());
      log.read(foldStart, term + 1, record -> fold(claims, record));
    }
    tail.setLastInbound(checkpointInbound);
    LaneState state = bringCacheTo(term);
    tail.visible(stores.clock().millis());
    LOG.info("lane {} is ours from {} on; {} records folded", lane, term, valid.size());
    stores.meters().takenOver();
    return new Owned(term, tail, claims, state, history.getOffset(), openAt(state), appends);
  }

  /**
   * Opens the lane where all that im-inbound holds is numbered, or tells where it will be. The end
   * is asked for after the loss that closed the lane: what was accepted before may lie there.
   */
  private long openAt(LaneState state) {
    if (state.open()) {
      return -1;
    }
    long last;
    try (LaneLogPort.Stretch inbound = stores.log().inbound(lane)) {
      last = inbound.end() - 1;
    }
    if (tail.lastInbound() < last) {
      return last;
    }
    stores.cache().open(lane, state.generation());
    return -1;
  }

  static long appendClaim(LaneLogPort.Appends appends, String owner) {
    SequencedRecord claim =
        SequencedRecord.newBuilder().setClaim(Claim.newBuilder().setOwner(owner)).build();
    return appends.append(LaneRecords.encode(claim)).join();
  }

  private void fold(ClaimTrack claims, LaneRecord raw) {
    if (raw.offset() == foldStart) {
      foldStartMillis = raw.appendedAtMillis();
    }
    SequencedRecord record;
    try {
      record = LaneRecords.decode(raw.value(), SequencedRecord.parser());
    } catch (InvalidProtocolBufferException e) {
      LOG.error(
          "lane {}: record {} of im-sequenced is foreign and is passed over", lane, raw.offset());
      return;
    }
    if (claims.take(raw.offset(), raw.appendedAtMillis(), record)) {
      tail.add(record);
      valid.add(new Valid(raw.offset(), raw.appendedAtMillis(), record));
    }
  }

  /** O3: what is missing, or everything that the fold knows under a new generation. */
  private LaneState bringCacheTo(long term) {
    LaneCachePort cache = stores.cache();
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
    try (LaneLogPort.Stretch log = stores.log().sequenced(lane)) {
      if (position < log.end()) {
        throw new SupersededException("lane " + lane + ": Redis is already at " + position);
      }
    }
  }

  private @org.jspecify.annotations.Nullable LaneState applyMissing(LaneState from, long term) {
    LaneState state = from;
    List<Valid> missing = valid.stream().filter(v -> v.offset() > from.position()).toList();
    for (int at = 0; at < missing.size(); at += CHUNK) {
      List<Valid> chunk = missing.subList(at, Math.min(missing.size(), at + CHUNK));
      long last = chunk.getLast().offset();
      if (!stores.cache().apply(lane, state, last, visible(chunk), false)) {
        return null;
      }
      state = new LaneState(state.generation(), last, state.open(), state.completeSinceMillis());
    }
    LaneBatch nothing = new VisibleBatch().upTo(tail.lastInbound(), -1);
    if (!stores.cache().apply(lane, state, term, nothing, false)) {
      return null;
    }
    return new LaneState(state.generation(), term, state.open(), state.completeSinceMillis());
  }

  private LaneState reload(LaneState old, long term) {
    if (term > 0) {
      LOG.warn("lane {}: Redis has lost it; loading {} records anew", lane, valid.size());
    }
    String generation = stores.cache().newGeneration();
    int loaded = 0;
    for (int at = 0; at < valid.size(); at += CHUNK) {
      List<Valid> chunk = valid.subList(at, Math.min(valid.size(), at + CHUNK));
      LaneBatch batch = visible(chunk);
      stores.cache().load(lane, generation, loaded, batch);
      loaded += batch.size();
    }
    long completeSince = foldStart == 0 ? 0 : foldStartMillis;
    LaneState next = new LaneState(generation, term, false, completeSince);
    if (!stores.cache().publish(lane, next, loaded, old, tail.lastInbound())) {
      throw new SupersededException("lane " + lane + ": Redis changed meanwhile");
    }
    return next;
  }

  private static LaneBatch visible(List<Valid> records) {
    VisibleBatch batch = new VisibleBatch();
    records.forEach(v -> batch.add(v.offset(), v.record().getMessage()));
    return batch.upTo(records.getLast().record().getInboundOffset(), -1);
  }
}
