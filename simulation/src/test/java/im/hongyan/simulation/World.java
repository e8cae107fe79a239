package im.hongyan.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.simulation.Conversations.Draft;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that one schedule consists of: its stores, its clock, its chance, and what is true. */
final class World {
  private static final long DURABLE_MILLIS = 300_000;

  final Random random;
  final Stage stage = new Stage();
  final Truth truth = new Truth();
  final SimulatedKafka kafka = new SimulatedKafka(this);
  final SimulatedRedis redis = new SimulatedRedis(this);
  final SimulatedHistory history = new SimulatedHistory(this);
  final SimulatedInbox inbox = new SimulatedInbox(this);
  final Group group = new Group();
  final Retention retention = new Retention(this);
  final List<Draft> drafts = new ArrayList<>();
  boolean redisGoesBack;
  int refused;
  int reloads;
  int resendsAnswered;
  int takeoversFailed;
  private final Set<Rule> off;

  /** Whether a step takes so long that minutes pass without an outage. */
  final boolean slow;

  /** In each how many turns an owner commits. */
  final int commitEvery;

  private final int chats;
  private long nowMillis;
  private int actors;
  private int serverMsgIds;
  private boolean faults = true;
  private @Nullable Consumer<String> trace;

  World(long seed, Set<Rule> off) {
    random = new Random(seed);
    this.off = off;
    chats = 2 + random.nextInt(Conversations.CHATS.size() - 1);
    slow = random.nextInt(3) == 0;
    commitEvery = random.nextBoolean() ? 3 : 200;
    // Somewhere in a day, so that some schedules pass midnight.
    nowMillis = 1_790_000_000_000L + random.nextLong(86_400_000L);
  }

  /** Passes what happens to a sink, for looking into a seed. */
  void traceTo(Consumer<String> sink) {
    trace = sink;
  }

  void trace(Supplier<String> what) {
    if (trace != null) {
      trace.accept(nowMillis % 86_400_000L + " " + what.get());
    }
  }

  boolean on(Rule rule) {
    return !off.contains(rule);
  }

  boolean faultsNow() {
    return faults;
  }

  void endFaults() {
    faults = false;
  }

  long nowMillis() {
    return nowMillis;
  }

  /**
   * Time goes on: mostly by little, at times by as much as makes waits end, rarely by an outage.
   */
  void passTime() {
    int kind = random.nextInt(1_000);
    if (!faults || kind < 930) {
      nowMillis += random.nextInt(faults && slow ? 400 : 30);
    } else if (kind < 993) {
      nowMillis += random.nextInt(2_000);
    } else if (kind < 999) {
      nowMillis += random.nextInt(40_000);
    } else {
      nowMillis += random.nextInt(600_000);
    }
    kafka.giveUp();
  }

  int nextActor() {
    return ++actors;
  }

  String nextServerMsgId() {
    return "server" + ++serverMsgIds;
  }

  /** A message that a client sends: mostly a new one, else one that it or another sent before. */
  Draft draft() {
    if (!drafts.isEmpty() && random.nextInt(3) == 0) {
      int back = random.nextInt(2) == 0 ? Math.min(3, drafts.size()) : drafts.size();
      return drafts.get(drafts.size() - 1 - random.nextInt(back));
    }
    Draft draft =
        new Draft(
            Conversations.CHATS.get(random.nextInt(chats)),
            random.nextBoolean() ? "a" : "b",
            "client" + drafts.size(),
            random.nextInt(5) == 0);
    drafts.add(draft);
    return draft;
  }

  /** A record of im-sequenced as readers see it who keep, or don't keep, the void rule. */
  LaneRecord asFollowersSee(LaneRecord raw) {
    if (on(Rule.VOID_RULE)) {
      return raw;
    }
    SequencedRecord record = Truth.decode(raw);
    if (record.hasClaim() || truth.counts(raw.offset())) {
      return raw;
    }
    long claim = truth.latestClaimBefore(raw.offset());
    return new LaneRecord(
        raw.offset(),
        raw.appendedAtMillis(),
        OwnerStores.encode(record.toBuilder().setTerm(claim).build()));
  }

  String show(LaneRecord raw, boolean sequenced) {
    try {
      if (!sequenced) {
        return Conversations.keyOf(LaneRecords.decode(raw.value(), InboundRecord.parser()));
      }
      SequencedRecord record = Truth.decode(raw);
      return record.hasClaim()
          ? "claim of " + record.getClaim().getOwner()
          : "term "
              + record.getTerm()
              + " of inbound "
              + record.getInboundOffset()
              + " "
              + Conversations.keyOf(record.getMessage())
              + " as "
              + record.getMessage().getCopies(0).getSeq();
    } catch (InvalidProtocolBufferException e) {
      return "junk";
    }
  }

  /** Whether a message is so long in history that no failover takes it away. */
  boolean durablyStored(String conversation, long seq) {
    Truth.Numbered numbered = truth.numbered(conversation, seq);
    return numbered != null
        && numbered.appendedAtMillis() < nowMillis - DURABLE_MILLIS
        && history.durable(conversation, seq);
  }
}
