package im.hongyan.transfer.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.LaneFaultException;
import im.hongyan.messagelog.lane.MarkStore;
import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.messagelog.mysql.MySqlMarkStore;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.transfer.follower.AcceptedLosses;
import im.hongyan.wire.message.MessageStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves on real stores that history, when the log has lost what it lacks, takes all of it from
 * Redis and the inbox or stops, and that a loss is given up once, by its place, with placeholders.
 */
@ExtendWith(TestStoresExtension.class)
class HistoryRepairIT {
  private static LaneWorld world;

  @BeforeAll
  static void open(TestStores stores) {
    world = new LaneWorld(stores);
  }

  @AfterAll
  static void close() {
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void begin() {
    world.begin();
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  /** Seqs and texts that history has of a conversation; null for a tombstone. */
  private static Map<Long, String> texts(String conversation, long most) {
    Map<Long, String> texts = new TreeMap<>();
    world
        .history
        .find(conversation, upTo(most))
        .forEach((seq, body) -> {
          MsgData message = parse(body);
          assertThat(message.getSeq()).isEqualTo(seq);
          texts.put(
              seq,
              message.getStatus() == MessageStatus.DELETED
                  ? "tombstone"
                  : message.getContent().toStringUtf8());
        });
    return texts;
  }

  private static MsgData parse(byte[] body) {
    try {
      return MsgData.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private static void forgetBodies(String conversation) {
    Redis.await(world.redis.commands().keys("*:m:" + conversation))
        .forEach(key -> Redis.await(world.redis.commands().del(key)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static AcceptedLosses giveUp(long begin) {
    return new AcceptedLosses(Map.of(world.lane, begin));
  }

  private void assertStops(String why) {
    assertStops(AcceptedLosses.NONE, null, why);
  }

  private void assertStops(AcceptedLosses accepted, @Nullable FollowerPosition at, String why) {
    FollowerPosition before = world.history.position(world.lane);
    assertThatThrownBy(() -> world.follow(world.repair(accepted, at)))
        .isInstanceOfSatisfying(
            LaneFaultException.class,
            fault ->
                assertThat(fault.detail())
                    .contains(
                        "lane " + world.lane + ": records ", why, "docs/operations/recovery.md"));
    assertThat(world.history.position(world.lane)).isEqualTo(before);
  }

  @Test
  void whatIsGoneComesFromRedisAndTheInboxWithTheRightClaimBeforeTheBegin() {
    world.send(world.chat, true);
    world.follow((lane, at, begin) -> at);
    for (int i = 0; i < 450; i++) {
      world.send(world.chat, true);
    }
    world.send(world.twin, false);
    forgetBodies(world.chat);
    world.send(world.chat, false);
    world.cut();
    world.zombie(world.chat, 4711);
    world.send(world.chat, false);
    world.send("si_first_" + world.chat, false);
    world.follow(world.repair(AcceptedLosses.NONE, null));
    assertThat(texts(world.chat, 500)).hasSize(453).containsEntry(453L, "text 453");
    assertThat(texts(world.twin, 5)).containsExactly(Map.entry(1L, "text 1"));
    assertThat(texts("si_first_" + world.chat, 5)).hasSize(1);
    assertThat(world.history.findSent(world.chat, "alice", "c-" + world.chat + "-300"))
        .hasValueSatisfying(row -> assertThat(row.seq()).isEqualTo(300));
    assertThat(world.history.find(world.chat, List.of(4711L))).isEmpty();
    world.send(world.chat, false);
    world.follow((lane, at, begin) -> at);
    assertThat(texts(world.chat, 500)).hasSize(454);
  }

  @Test
  void aRepairThatIsCutOffBeginsAnew() {
    world.send(world.chat, true);
    world.follow((lane, at, begin) -> at);
    LongStream.rangeClosed(2, 2_100).forEach(_ -> world.send(world.chat, false));
    world.cut();
    FollowerPosition before = world.history.position(world.lane);
    for (int transactions = 1; transactions <= 2; transactions++) {
      HistoryStore cutOff = new CutOffHistory(world.history, 1);
      assertThatThrownBy(() -> world.follow(world.repair(cutOff, AcceptedLosses.NONE, null)))
          .hasMessageContaining("cut off");
      assertThat(world.history.position(world.lane).getOffset()).isEqualTo(before.getOffset());
      assertThat(texts(world.chat, 3_000)).hasSize(1 + transactions * 1_000);
    }
    world.follow(world.repair(AcceptedLosses.NONE, null));
    assertThat(texts(world.chat, 3_000)).hasSize(2_100).containsEntry(2_100L, "text 2100");
  }

  @Test
  void whatMutationsMadeComesWithThem() {
    world.send(world.chat, true);
    world.follow((lane, at, begin) -> at);
    LongStream.rangeClosed(2, 9).forEach(_ -> world.send(world.chat, true));
    world.change(
        Mutation.newBuilder()
            .setRevocation(Revocation.newBuilder().setSeq(2).setUserId("alice").setRole(1)));
    world.change(
        Mutation.newBuilder()
            .setDeletion(
                Deletion.newBuilder()
                    .addSeqs(1)
                    .addSeqs(3)
                    .addTombstones(tombstone(1))
                    .addTombstones(tombstone(3))));
    world.change(
        Mutation.newBuilder().setDeletion(Deletion.newBuilder().addSeqs(4).setUserId("bob")));
    world.change(
        Mutation.newBuilder()
            .setRead(ReadMark.newBuilder().setUserId("carl").setSeq(5).addMessageSeqs(5)));
    world.change(
        Mutation.newBuilder()
            .setClearing(Clearing.newBuilder().setUserId("dora").setThroughSeq(6)));
    world.change(
        Mutation.newBuilder()
            .setLeaving(
                Leaving.newBuilder()
                    .addUserIds("emil")
                    .setMembershipVersion(4)
                    .setThroughSeq(7)
                    .setTwinThroughSeq(3)));
    world.cut();
    world.follow(world.repair(AcceptedLosses.NONE, null));
    MarkStore marks = new MySqlMarkStore(world.mysql);
    Map<Long, MessageMarks> ofBob = marks.marks("bob", world.chat, upTo(9));
    assertThat(Objects.requireNonNull(mark(ofBob, 2L).revocation()).getRole()).isEqualTo(1);
    assertThat(mark(ofBob, 1L).erased()).isTrue();
    assertThat(mark(ofBob, 3L).erased()).isTrue();
    assertThat(mark(ofBob, 4L).deleted()).isTrue();
    assertThat(mark(ofBob, 5L).read()).isTrue();
    assertThat(texts(world.chat, 9))
        .containsEntry(1L, "tombstone")
        .containsEntry(3L, "tombstone")
        .containsEntry(4L, "text 4");
    assertThat(bounds("carl", world.chat)).containsExactly(0L, 0L, 5L);
    assertThat(bounds("dora", world.chat)).containsExactly(7L, 0L, 6L);
    assertThat(bounds("emil", world.chat)).containsExactly(0L, 7L, 0L);
    assertThat(bounds("emil", world.twin)).containsExactly(0L, 3L, 0L);
    assertThat(bounds("alice", world.chat)).containsExactly(0L, 0L, 9L);
  }

  private static MessageMarks mark(Map<Long, MessageMarks> marks, long seq) {
    return marks.getOrDefault(seq, MessageMarks.NONE);
  }

  private static ByteString tombstone(long seq) {
    return MsgData.newBuilder().setSeq(seq).setStatus(MessageStatus.DELETED).build().toByteString();
  }

  /** First and last readable seq, and how far it was read. */
  private static List<Long> bounds(String user, String conversation) {
    return world
        .mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery(
                    "SELECT min_seq, max_seq, read_seq FROM seq_user"
                        + " WHERE user_id = ? AND conversation_id = ?")
                .bind(0, MySql.id(user))
                .bind(1, MySql.id(conversation))
                .map((row, _) -> List.of(row.getLong(1), row.getLong(2), row.getLong(3)))
                .one());
  }

  @Test
  void whatIsInNoStoreStopsTheLaneUntilItIsGivenUpByItsPlace() {
    world.send(world.chat, true);
    world.follow((lane, at, begin) -> at);
    world.send(world.chat, true);
    world.send(world.chat, false);
    world.send(world.chat, false);
    world.send(world.chat, true);
    forgetBodies(world.chat);
    long begin = world.cut();
    assertStops("2 messages of 1 conversations are in no store");
    assertStops("set recovery.acceptLoss: " + world.lane + "@" + begin);
    assertStops(giveUp(begin - 1), null, "(it names " + world.lane + "@" + (begin - 1) + " now)");
    assertThat(texts(world.chat, 9)).as("nothing is written before all is found").hasSize(1);
    world.follow(world.repair(giveUp(begin), null));
    assertThat(texts(world.chat, 9))
        .containsEntry(2L, "text 2")
        .containsEntry(3L, "tombstone")
        .containsEntry(4L, "tombstone")
        .containsEntry(5L, "text 5");
    assertThat(world.history.heights(world.lane, List.of(world.chat)).seqOf(world.chat))
        .isEqualTo(5);
  }

  @Test
  void whereRedisMayLackSomethingTheLaneStops() {
    world.send(world.chat, true);
    world.follow((lane, at, begin) -> at);
    world.send(world.chat, true);
    world.cut();
    world.clock.advance(Duration.ofHours(2));
    assertStops("Redis keeps all for two hours only");
    world.clock.advance(Duration.ofHours(-3));
    assertStops("Redis keeps all for two hours only");
    world.clock.advance(Duration.ofHours(1));
    Redis.await(
        world
            .redis
            .commands()
            .hset(
                bytes("{L" + world.lane + "}:state"),
                bytes("w"),
                bytes(Long.toString(Long.MAX_VALUE))));
    assertStops("Redis was emptied since");
  }

  /** Seqs go on above the largest that any store knows, or a body would be that of another. */
  @Test
  void anEmptiedRedisStopsTheLaneAndTheInboxStillSaysHowFarSeqsWent() {
    world.send(world.chat, true);
    world.send(world.twin, true);
    world.follow((lane, at, begin) -> at);
    world.send(world.chat, false);
    world.send(world.chat, true);
    world.send(world.twin, true);
    long begin = world.cut();
    Redis.await(world.redis.commands().flushall());
    assertStops("Redis does not hold the lane up to there");
    world.follow(world.repair(giveUp(begin), null));
    assertThat(texts(world.chat, 9))
        .containsExactly(
            Map.entry(1L, "text 1"), Map.entry(2L, "tombstone"), Map.entry(3L, "text 3"));
    assertThat(texts(world.twin, 9)).hasSize(2);
  }

  @Test
  void recordsThatNobodyCanJudgeStopTheLane() {
    world.follow((lane, at, begin) -> at);
    world.send(world.chat, true);
    long begin = world.cut();
    FollowerPosition unknown = HistoryStore.START;
    assertStops(AcceptedLosses.NONE, unknown, "the claim before record " + begin + " is not known");
    world.claim();
    world.follow(world.repair(AcceptedLosses.NONE, unknown));
    assertThat(texts(world.chat, 9)).hasSize(1);
  }
}
