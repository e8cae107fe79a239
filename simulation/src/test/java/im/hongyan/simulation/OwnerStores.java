package im.hongyan.simulation;

import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache.Read;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneLogs;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.transfer.sequencer.LaneStores;
import im.hongyan.transfer.sequencer.SequencerMeters;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The stores as one owner of the lane meets them; with rules off, some of them lie. */
final class OwnerStores {
  private static final SequencerMeters METERS = new SequencerMeters(new SimpleMeterRegistry());

  private final World world;
  private final Actor actor;
  private long redisAwayUntil;
  private boolean takingOver;
  private long endBeforeClaim;
  private long believed = -1;
  private FollowerPosition checkpoint;
  private final List<InboundRecord> folded = new ArrayList<>();

  OwnerStores(World world, Actor actor) {
    this.world = world;
    this.actor = actor;
    checkpoint = world.group.checkpoint();
  }

  LaneStores stores() {
    return new LaneStores(
        new Log(),
        new Cache(),
        new History(),
        () -> java.time.Instant.ofEpochMilli(world.nowMillis()),
        METERS,
        actor.name);
  }

  void takeover(boolean begins) {
    takingOver = begins;
    if (begins) {
      checkpoint = world.group.checkpoint();
      folded.clear();
    }
  }

  /** The messages that the last fold found. */
  List<InboundRecord> folded() {
    return folded;
  }

  void redisAway(long untilMillis) {
    redisAwayUntil = untilMillis;
  }

  /** A position as the fold may use it. */
  FollowerPosition shortened(FollowerPosition position) {
    int claims = position.getClaimsCount();
    if (world.on(Rule.THREE_MINUTE_TAIL) || claims < 2) {
      return position;
    }
    return position.toBuilder()
        .clearClaims()
        .clearClaimMillis()
        .addClaims(position.getClaims(claims - 1))
        .addClaimMillis(position.getClaimMillis(claims - 1))
        .build();
  }

  private final class Log implements LaneLogs {
    @Override
    public Appends appends(int lane) {
      endBeforeClaim = world.kafka.sequenced.size();
      return new Appending(world.kafka.producer(true, actor));
    }

    @Override
    public LaneLog sequenced(int lane) {
      return new Reading(true);
    }

    @Override
    public LaneLog inbound(int lane) {
      return new Reading(false);
    }
  }

  private final class Appending implements LaneLogs.Appends {
    private final SimulatedKafka.Producer producer;
    private long last = -1;

    Appending(SimulatedKafka.Producer producer) {
      this.producer = producer;
    }

    @Override
    public CompletableFuture<Long> append(byte[] value) {
      actor.point();
      SimulatedFuture<Long> outcome = producer.append(value);
      outcome.whenComplete((offset, failure) -> last = failure == null ? offset : last);
      boolean data = !Truth.decode(new LaneRecord(0, 0, value)).hasClaim();
      if (world.on(Rule.UNKNOWN_OUTCOME) || !data) {
        return outcome;
      }
      // Goes on as if it had gone well.
      return new SimulatedFuture<Long>(actor) {
        @Override
        public Long join() {
          actor.await(outcome::isDone);
          return outcome.isCompletedExceptionally() ? ++last : outcome.join();
        }
      };
    }

    @Override
    public CompletableFuture<?> deadLetter(LaneRecord record, String reason) {
      actor.point();
      world.kafka.deadLetters++;
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  private final class Reading implements LaneLog {
    private final boolean sequenced;

    Reading(boolean sequenced) {
      this.sequenced = sequenced;
    }

    private List<LaneRecord> log() {
      return sequenced ? world.kafka.sequenced : world.kafka.inbound;
    }

    @Override
    public long begin() {
      actor.point();
      return world.retention.begin(sequenced);
    }

    @Override
    public long end() {
      actor.point();
      return log().size();
    }

    @Override
    public void read(long from, long to, Consumer<LaneRecord> sink) {
      for (long offset = from; offset < to; offset++) {
        if (offset == from || offset % 16 == 0) {
          actor.point();
        }
        if (offset < world.retention.begin(sequenced)) {
          throw ImException.internal("the log does not hold " + offset, null);
        }
        if (offset >= log().size()) {
          throw ImException.internal("the log ends at " + offset, null);
        }
        LaneRecord raw = log().get((int) offset);
        if (!skipped(offset, to, raw)) {
          LaneRecord seen = world.asFollowersSee(raw);
          remember(seen);
          sink.accept(seen);
        }
      }
    }

    private boolean skipped(long offset, long to, LaneRecord raw) {
      if (takingOver) {
        return !world.on(Rule.CLAIM_BEFORE_FOLD) && offset >= endBeforeClaim && offset < to - 1;
      }
      return !world.on(Rule.CONTIGUITY) && Truth.decode(raw).hasClaim();
    }

    @Override
    public List<LaneRecord> read(long from, long to) {
      List<LaneRecord> records = new ArrayList<>();
      read(from, to, records::add);
      return records;
    }

    private void remember(LaneRecord raw) {
      SequencedRecord record = Truth.decode(raw);
      if (takingOver && !record.hasClaim() && world.truth.counts(raw.offset())) {
        folded.add(record.getMessage());
      }
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  private final class Cache extends ActorCache {
    private final List<LaneBatch> held = new ArrayList<>();

    Cache() {
      super(OwnerStores.this.world, actor);
    }

    @Override
    void pass() {
      actor.point();
      if (world.nowMillis() < redisAwayUntil) {
        throw away();
      }
    }

    private ImException away() {
      return ImException.internal("Redis does not answer", null);
    }

    /** The answer of a script that was run; it may be lost. */
    private boolean answer(boolean done) {
      if (world.faultsNow() && world.random.nextInt(100) == 0) {
        throw away();
      }
      return done;
    }

    @Override
    public LaneState state(int lane) {
      pass();
      LaneState state = world.redis.state();
      if (takingOver) {
        believed = state.position();
      }
      return state;
    }

    @Override
    public boolean apply(
        int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim) {
      pass();
      boolean done = world.redis.apply(expected, newPosition, batch.copies());
      believed = done ? newPosition : believed;
      return answer(done);
    }

    @Override
    public void load(int lane, String generation, int loadedBefore, LaneBatch batch) {
      pass();
      boolean tail = world.on(Rule.RELOAD_WITH_TAIL);
      if (!world.on(Rule.GENERATION_SWITCH)) {
        held.add(batch);
      } else if (tail && !world.redis.load(generation, loadedBefore, batch)) {
        throw ImException.internal("loading was disturbed", null);
      }
    }

    @Override
    public boolean publish(
        int lane, LaneState next, int loaded, LaneState replaced, long lastInbound) {
      pass();
      LaneState published =
          world.on(Rule.OPEN_ONLY_WHEN_NUMBERED)
              ? next
              : new LaneState(next.generation(), next.position(), true, next.completeSinceMillis());
      boolean whole = world.on(Rule.RELOAD_WITH_TAIL) && world.on(Rule.GENERATION_SWITCH);
      boolean done = world.redis.publish(published, whole ? loaded : 0, replaced);
      believed = done ? next.position() : believed;
      world.reloads++;
      if (!held.isEmpty()) {
        actor.point();
        held.forEach(batch -> world.redis.load(next.generation(), 0, batch));
        held.clear();
      }
      return answer(done);
    }

    @Override
    public boolean open(int lane, LaneState expected, String server) {
      pass();
      return answer(world.redis.open(expected, server));
    }

    @Override
    public Read<Map<String, Top>> seqs(int lane, String generation, List<String> conversations) {
      pass();
      if (world.redisGoesBack && world.faultsNow() && world.random.nextInt(4) == 0) {
        // Seldom asked, and dangerous: the owner has just seen that all is well.
        world.redis.goBack(world.random);
      }
      Read<Map<String, Top>> read = world.redis.seqs(generation, conversations);
      LaneState state = read.state();
      if (world.on(Rule.POSITION_WITH_SEQ_READ)) {
        return read;
      }
      return new Read<>(
          new LaneState(state.generation(), believed, state.open(), state.completeSinceMillis()),
          read.values());
    }
  }

  private final class History extends ActorHistory {
    History() {
      super(OwnerStores.this.world, actor);
    }

    @Override
    public FollowerPosition position(int lane) {
      actor.point();
      FollowerPosition position = world.history.position();
      return shortened(
          world.on(Rule.FOLD_FROM_HISTORY) ? world.retention.asKept(position) : checkpoint);
    }
  }

  static byte[] encode(SequencedRecord record) {
    return LaneRecords.encode(record);
  }
}
