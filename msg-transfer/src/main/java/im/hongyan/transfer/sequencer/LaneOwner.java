package im.hongyan.transfer.sequencer;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneLogs;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns one lane: numbers its messages, appends them, makes them visible (docs/sequencing.md O4 to
 * O7). Single-threaded: the sequencer's consumer thread calls it, or waits for the one that does. A
 * failure that is thrown means that the lane must be taken over anew.
 */
final class LaneOwner implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LaneOwner.class);
  private static final long CLAIM_EVERY_MILLIS = 60_000;
  private static final long CHECK_EVERY_MILLIS = 500;

  /**
   * A record that waited longer, or was appended before so long after the takeover, may be a resend
   * of one that the memory does not hold, since another owner made it visible.
   */
  private static final long FRESH_MILLIS = 60_000;

  private static final long TRIM_LAG = 200;

  private final int lane;
  private final LaneStores stores;
  private final Tail tail;
  private final ClaimTrack claims;
  private final LaneLogs.Appends producer;
  private LaneState state;
  private @Nullable Reopening reopening;
  private long term;
  private long lastOffset;
  private final long ownedSinceMillis;
  private long lastClaimMillis;
  private long lastCheckMillis;

  private final List<SequencedRecord> batch = new ArrayList<>();
  private final List<CompletableFuture<Long>> appends = new ArrayList<>();
  private final List<CompletableFuture<?>> letters = new ArrayList<>();
  private final VisibleBatch visible = new VisibleBatch();
  private long shownInbound;
  private boolean waitingForCache;
  private boolean waitingLogged;
  private final BackPressure backPressure = new BackPressure();
  private boolean held;
  private volatile long historyOffset;
  private volatile boolean again;

  LaneOwner(int lane, LaneStores stores, Takeover.Owned owned) {
    this.lane = lane;
    this.stores = stores;
    tail = owned.tail();
    claims = owned.claims();
    producer = owned.appends();
    state = owned.state();
    reopening = owned.reopening();
    term = owned.term();
    lastOffset = owned.term();
    shownInbound = tail.lastInbound();
    historyOffset = owned.historyOffset();
    ownedSinceMillis = stores.clock().millis();
    lastClaimMillis = ownedSinceMillis;
    lastCheckMillis = lastClaimMillis;
  }

  /** The lane is taken over anew at the end of this turn; called by another thread. */
  void takeOverAgain() {
    again = true;
  }

  /** Where im-inbound goes on. */
  long nextInbound() {
    return tail.lastInbound() + 1;
  }

  /** Whether all that was taken is visible. */
  boolean allVisible() {
    return !waitingForCache;
  }

  /** Whether sequencing waits for the history writer. */
  boolean held() {
    return held;
  }

  /** Whether another batch may be taken. */
  boolean ready() {
    return allVisible() && !held;
  }

  /** Offset of the last record of ours in the log. */
  long lastOffset() {
    return lastOffset;
  }

  /** Offset up to which Redis shows the lane. */
  long visibleOffset() {
    return state.position();
  }

  /** The checkpoint: position in im-sequenced, with claims. */
  FollowerPosition checkpoint() {
    return claims.position(lastOffset, stores.clock().millis());
  }

  /** O5: numbers what a poll returned and begins to append it. */
  void number(List<LaneRecord> records) {
    long now = stores.clock().millis();
    Map<SentKey, Accepted> fresh = new LinkedHashMap<>();
    long through = tail.lastInbound();
    boolean late = false;
    long freshFrom = Math.max(now, ownedSinceMillis + 2 * FRESH_MILLIS) - FRESH_MILLIS;
    for (LaneRecord raw : records) {
      if (raw.offset() <= tail.lastInbound()) {
        continue;
      }
      through = raw.offset();
      InboundRecord message = validator(raw);
      if (message == null) {
        continue;
      }
      SentKey key = SentKey.of(message);
      if (!tail.wasSent(key)) {
        late |= raw.appendedAtMillis() < freshFrom;
        fresh.putIfAbsent(key, new Accepted(raw.offset(), message));
      }
    }
    tail.setLastInbound(through);
    boolean windowsComplete = state.completeSinceMillis() <= now - 2 * 86_400_000L;
    if (!fresh.isEmpty() && (late || !windowsComplete)) {
      dropSequenced(fresh, windowsComplete, now);
    }
    learnSeqs(fresh.values());
    for (var entry : fresh.entrySet()) {
      append(entry.getValue());
      tail.remember(entry.getKey());
    }
    tail.forget(now);
  }

  private record Accepted(long inboundOffset, InboundRecord message) {}

  private @Nullable InboundRecord validator(LaneRecord raw) {
    return switch (InboundValidator.read(raw.value())) {
      case InboundValidator.Result.Usable usable -> usable.record();
      case InboundValidator.Result.Unusable unusable -> {
        LOG.error(
            "lane {}: inbound record {} goes to dead letters: {}",
            lane,
            raw.offset(),
            unusable.reason());
        letters.add(producer.deadLetter(raw, unusable.reason()));
        stores.meters().deadLetter();
        yield null;
      }
    };
  }

  /** Drops resends that the memory is too short for: by the windows, else by history. */
  private void dropSequenced(Map<SentKey, Accepted> fresh, boolean windowsComplete, long now) {
    List<SentKey> keys = new ArrayList<>(fresh.keySet());
    List<Candidate> candidates = new ArrayList<>();
    fresh.values().forEach(sent -> candidates.add(VisibleBatch.candidate(sent.message())));
    var read = stores.cache().windowed(lane, state.generation(), candidates, now);
    List<Long> seqs = read.values();
    // As with seqs: a window that is back in time does not know what was sent since.
    if (seqs == null || read.state().position() != state.position()) {
      throw new StoreUnavailableException("lane " + lane + ": Redis is not where we left it");
    }
    for (int i = 0; i < keys.size(); i++) {
      Candidate candidate = candidates.get(i);
      boolean sequenced = seqs.get(i) > 0;
      if (!sequenced && !windowsComplete) {
        sequenced =
            stores
                .history()
                .findSent(candidate.conversationId(), candidate.sendId(), candidate.clientMsgId())
                .isPresent();
      }
      if (sequenced) {
        fresh.remove(keys.get(i));
      }
    }
  }

  /** Finds the last seqs of conversations that the memory does not hold. */
  private void learnSeqs(Collection<Accepted> fresh) {
    Set<String> unknown = new LinkedHashSet<>();
    for (Accepted accepted : fresh) {
      for (String conversation : Numbering.conversations(accepted.message())) {
        if (tail.lastSeq(conversation) == null) {
          unknown.add(conversation);
        }
      }
    }
    if (unknown.isEmpty()) {
      return;
    }
    var read = stores.cache().seqs(lane, state.generation(), List.copyOf(unknown));
    Map<String, LaneCache.Top> cached = read.values();
    if (cached == null || read.state().position() != state.position()) {
      throw new StoreUnavailableException("lane " + lane + ": Redis is not where we left it");
    }
    List<String> rest = unknown.stream().filter(id -> !cached.containsKey(id)).toList();
    HistoryStore.Heights heights = stores.history().heights(lane, rest);
    cached.forEach((id, top) -> tail.setLastSeq(id, top.seq()));
    rest.forEach(id -> tail.setLastSeq(id, heights.seqOf(id)));
  }

  private void append(Accepted accepted) {
    SequencedRecord record =
        SequencedRecord.newBuilder()
            .setTerm(term)
            .setInboundOffset(accepted.inboundOffset())
            .setMessage(Numbering.number(accepted.message(), tail))
            .build();
    batch.add(record);
    appends.add(producer.append(LaneRecords.encode(record)));
  }

  /** O6 and O7: waits for the log, then makes the batch visible. */
  void finish() {
    if (again) {
      throw new StoreUnavailableException("lane " + lane + ": its log has changed");
    }
    letters.forEach(CompletableFuture::join);
    letters.clear();
    if (!batch.isEmpty()) {
      for (int i = 0; i < batch.size(); i++) {
        checkFollows(appends.get(i).join());
        visible.add(lastOffset, batch.get(i).getMessage());
      }
      batch.clear();
      appends.clear();
      waitingForCache = true;
    }
    // Also where all that was taken is dropped: somebody may wait until it is handled.
    waitingForCache |= tail.lastInbound() > shownInbound;
    if (waitingForCache) {
      makeVisible();
    }
    hold();
    if (!waitingForCache) {
      runPeriodicWork();
    }
  }

  private void hold() {
    boolean pauses = backPressure.pauses(lastOffset, historyOffset, stores.clock().millis());
    if (pauses && !held) {
      LOG.error(
          "lane {} waits: history is at {}, the log at {}; sends are still accepted",
          lane,
          historyOffset,
          lastOffset);
    } else if (held && !pauses) {
      LOG.info("lane {} goes on", lane);
    }
    held = pauses;
  }

  /** O6: nothing but void records may lie between our records. */
  private void checkFollows(long offset) {
    if (offset != lastOffset + 1) {
      try (LaneLog log = stores.log().sequenced(lane)) {
        for (LaneRecord between : log.read(lastOffset + 1, offset)) {
          if (isClaim(between)) {
            throw new SupersededException("lane " + lane + ": claimed at " + between.offset());
          }
        }
      }
    }
    lastOffset = offset;
  }

  private static boolean isClaim(LaneRecord record) {
    try {
      return LaneRecords.decode(record.value(), SequencedRecord.parser()).hasClaim();
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private void makeVisible() {
    boolean trim = historyOffset >= lastOffset - TRIM_LAG;
    boolean applied;
    try {
      LaneBatch shown = visible.upTo(tail.lastInbound(), historyOffset);
      applied = stores.cache().apply(lane, state, lastOffset, shown, trim);
      if (!applied) {
        LaneState now = stores.cache().state(lane);
        // An answer that was lost may have been a success.
        applied = now.generation().equals(state.generation()) && now.position() == lastOffset;
      }
    } catch (ImException away) {
      stores.meters().insertFailed(visible.size());
      if (!waitingLogged) {
        LOG.warn("lane {} waits for Redis: {}", lane, away.getMessage());
        waitingLogged = true;
      }
      return;
    }
    if (!applied) {
      stores.meters().setFailed();
      throw new StoreUnavailableException("lane " + lane + ": Redis is not where we left it");
    }
    stores.meters().inserted(visible.size());
    waitingLogged = false;
    waitingForCache = false;
    visible.clear();
    shownInbound = tail.lastInbound();
    tail.visible(stores.clock().millis());
    moveTo(lastOffset);
  }

  /** Sets the history writer's position; called by another thread. */
  void historyAt(long offset) {
    historyOffset = offset;
  }

  private void moveTo(long position) {
    state = new LaneState(state.generation(), position, state.open(), state.completeSinceMillis());
    Reopening waiting = reopening;
    if (waiting != null && waiting.end(lane, stores, tail, state)) {
      reopening = null;
    }
  }

  /** The periodic work of an owner: a claim each minute, a look at Redis twice a second. */
  private void runPeriodicWork() {
    long now = stores.clock().millis();
    if (now - lastClaimMillis >= CLAIM_EVERY_MILLIS) {
      long claim = Takeover.appendClaim(producer, stores.owner());
      checkFollows(claim);
      term = claim;
      claims.take(
          claim,
          now,
          SequencedRecord.newBuilder()
              .setClaim(im.hongyan.proto.sequencing.Claim.getDefaultInstance())
              .build());
      lastClaimMillis = now;
      waitingForCache = true;
      makeVisible();
    } else if (now - lastCheckMillis >= CHECK_EVERY_MILLIS) {
      lastCheckMillis = now;
      LaneState seen;
      try {
        seen = stores.cache().state(lane);
      } catch (ImException away) {
        return;
      }
      if (!seen.generation().equals(state.generation()) || seen.position() != state.position()) {
        throw new StoreUnavailableException("lane " + lane + ": Redis is not where we left it");
      }
      if (reopening == null && !seen.open()) {
        LOG.warn("lane {}: Redis was started again; sends wait until all is numbered", lane);
        reopening = Reopening.begin(lane, stores, tail, seen);
      }
      moveTo(state.position());
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
