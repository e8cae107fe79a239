package im.hongyan.messagelog.redis;

import static im.hongyan.messagelog.redis.LaneFixture.NOON;
import static im.hongyan.messagelog.redis.LaneFixture.present;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneBatch.Placed;
import im.hongyan.messagelog.lane.LaneCache.Numbered;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.messagelog.lane.LaneViews;
import im.hongyan.messagelog.lane.LaneViews.ConversationState;
import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.messagelog.lane.UserWindow;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.id.ConversationId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that Redis shows mutations with the batch that brings them and until history has them, no
 * longer and no shorter, and reports how far the lane's records are handled.
 */
class LaneOverlayContractIT extends LaneContract {
  private LaneViews views;
  private LaneState state;
  private long offset = 100;

  @BeforeEach
  void open() {
    views = new RedisLaneViews(redis);
    state = lane.openAt(offset);
  }

  private void apply(List<Numbered> copies, long historyOffset, Mutation... mutations) {
    offset++;
    List<Placed> placed = List.of(mutations).stream().map(m -> new Placed(offset, m)).toList();
    LaneBatch batch = new LaneBatch(copies, placed, List.of(), offset + 1_000, historyOffset);
    assertThat(cache.apply(lane.lane, state, offset, batch, true)).isTrue();
    state = new LaneState(state.generation(), offset, true, 0);
  }

  private void apply(Mutation... mutations) {
    apply(List.of(), -1, mutations);
  }

  private Mutation.Builder change() {
    return Mutation.newBuilder().setConversationId(lane.conversation);
  }

  private Mutation revoke(long seq, String user) {
    return change()
        .setRevocation(Revocation.newBuilder().setSeq(seq).setUserId(user).setNickname("雁:0:\n"))
        .build();
  }

  private Mutation delete(String user, Long... seqs) {
    return change()
        .setDeletion(Deletion.newBuilder().setUserId(user).addAllSeqs(List.of(seqs)))
        .build();
  }

  private Mutation clear(String user, long through) {
    return change()
        .setClearing(Clearing.newBuilder().setUserId(user).setThroughSeq(through))
        .build();
  }

  private Mutation leave(long version, long through) {
    return change()
        .setLeaving(
            Leaving.newBuilder()
                .addUserIds("bob")
                .setMembershipVersion(version)
                .setThroughSeq(through)
                .setTwinThroughSeq(through + 5))
        .build();
  }

  private Map<Long, MessageMarks> marks(String user, Long... seqs) {
    return present(
            views.page(lane.lane, state.generation(), user, lane.conversation, List.of(seqs)))
        .marks();
  }

  private ConversationState state(String user, String conversation) {
    var states =
        present(
            views.states(lane.lane, state.generation(), user, List.of("si_none", conversation)));
    return present(states.get(conversation));
  }

  @Test
  void marksAreShownWithTheirBatch() {
    apply(
        List.of(lane.copy(1, "c1"), lane.copy(2, "c2"), lane.copy(3, "c3")),
        -1,
        revoke(1, "alice"),
        delete("bob", 2L, 3L),
        delete("", 3L),
        change()
            .setRead(ReadMark.newBuilder().setUserId("bob").setSeq(2).addMessageSeqs(2))
            .build());
    assertThat(marks("bob", 1L, 2L, 3L, 4L))
        .containsOnlyKeys(1L, 2L, 3L)
        .containsEntry(2L, new MessageMarks(true, false, true, null))
        .containsEntry(3L, new MessageMarks(false, true, true, null));
    assertThat(marks("bob", 1L).getOrDefault(1L, MessageMarks.NONE).revocation())
        .isEqualTo(revoke(1, "alice").getRevocation());
    assertThat(marks("carl", 2L, 3L))
        .containsEntry(2L, new MessageMarks(true, false, false, null))
        .containsEntry(3L, new MessageMarks(false, true, false, null));
  }

  @Test
  void statesHoldSeqReadPositionAndWindow() {
    apply(List.of(lane.copy(7, "c7")), -1, clear("bob", 3), clear("", 2), leave(4, 9));
    assertThat(state("bob", lane.conversation))
        .isEqualTo(new ConversationState(new Top(7, NOON), new UserWindow(3, 4, 9, 4, 3)));
    assertThat(state("alice", lane.conversation).window()).isEqualTo(new UserWindow(3, 0, 0, 0, 7));
    String twin = new ConversationId(lane.conversation).notificationTwin().value();
    assertThat(state("bob", twin))
        .isEqualTo(new ConversationState(null, new UserWindow(0, 0, 14, 4, 0)));
    assertThat(state("bob", "si_none")).isEqualTo(new ConversationState(null, UserWindow.OPEN));
    assertThat(views.states(lane.lane, "other", "bob", List.of("si_none")).values()).isNull();
  }

  @Test
  void whoComesInWithoutHistoryReadsFromThereOn() {
    Mutation joined =
        change()
            .setJoining(Joining.newBuilder().addUserIds("bob").addUserIds("carl").setFromSeq(7))
            .build();
    apply(List.of(lane.copy(7, "c7")), -1, clear("carl", 8), joined);
    assertThat(state("bob", lane.conversation).window()).isEqualTo(new UserWindow(0, 7, 0, 0, 6));
    assertThat(state("carl", lane.conversation).window()).isEqualTo(new UserWindow(0, 9, 0, 0, 8));
  }

  @Test
  void boundsOnlyRiseAndTheLaterLeaveCounts() {
    apply(clear("bob", 10), clear("", 10), leave(4, 9));
    apply(clear("bob", 9), clear("", 9), leave(3, 99));
    assertThat(state("bob", lane.conversation).window())
        .isEqualTo(new UserWindow(11, 11, 9, 4, 10));
    apply(clear("bob", 100), leave(12, 5));
    assertThat(state("bob", lane.conversation).window())
        .isEqualTo(new UserWindow(11, 101, 5, 12, 100));
  }

  @Test
  void ofTwoRevocationsTheFirstIsShown() {
    apply(revoke(1, "alice"), revoke(1, "owner"));
    assertThat(marks("bob", 1L).getOrDefault(1L, MessageMarks.NONE).revocation())
        .isNotNull()
        .returns("alice", Revocation::getUserId);
  }

  @Test
  void anErasedBodyIsReplacedWhereItIsCached() {
    Mutation erasure =
        change()
            .setDeletion(
                Deletion.newBuilder()
                    .addSeqs(1)
                    .addSeqs(9)
                    .addTombstones(ByteString.copyFromUtf8("tomb"))
                    .addTombstones(ByteString.copyFromUtf8("none")))
            .build();
    apply(List.of(lane.copy(1, "c1")), -1, erasure);
    var bodies =
        present(cache.bodies(lane.lane, state.generation(), lane.conversation, List.of(1L, 9L)));
    assertThat(bodies).containsOnlyKeys(1L);
    assertThat(new String(bodies.get(1L), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("tomb");
  }

  /** What history has is reported by MySQL; what it does not have must stay. */
  @Test
  void theOverlayLetsGoOfWhatHistoryHas() {
    apply(delete("bob", 1L));
    long first = offset;
    apply(delete("bob", 2L));
    apply(List.of(), first - 1, delete("bob", 3L));
    assertThat(marks("bob", 1L, 2L, 3L)).containsOnlyKeys(1L, 2L, 3L);
    apply(List.of(), first, delete("bob", 4L));
    assertThat(marks("bob", 1L, 2L, 3L, 4L)).containsOnlyKeys(2L, 3L, 4L);
    apply(List.of(), first + 2, delete("bob", 5L));
    assertThat(marks("bob", 1L, 2L, 3L, 4L, 5L)).containsOnlyKeys(4L, 5L);
  }

  @Test
  void aFieldThatALaterRecordRaisedStaysUntilHistoryHasThatOne() {
    apply(clear("bob", 1));
    long first = offset;
    apply(clear("bob", 5));
    apply(List.of(), first, delete("x", 1L));
    assertThat(state("bob", lane.conversation).window().userMin()).isEqualTo(6);
    apply(List.of(), first + 1, delete("x", 2L));
    assertThat(state("bob", lane.conversation).window().userMin()).isZero();
  }

  @Test
  void aBusyConversationDoesNotGatherWhatHistoryHas() {
    for (long seq = 1; seq <= 300; seq++) {
      apply(List.of(), offset, delete("bob", seq));
    }
    byte[] overlay = LaneKeys.overlay(lane.lane, state.generation(), lane.conversation);
    byte[] queue = LaneKeys.overlayQueue(lane.lane, state.generation(), lane.conversation);
    assertThat(Redis.await(redis.commands().hlen(overlay))).isEqualTo(1);
    assertThat(Redis.await(redis.commands().llen(queue))).isEqualTo(1);
    assertThat(Redis.await(redis.commands().ttl(overlay))).isBetween(1L, 7_200L);
    assertThat(Redis.await(redis.commands().ttl(queue))).isBetween(1L, 7_200L);
  }

  @Test
  void theSameBatchAppliedAnewChangesNothing() {
    apply(revoke(1, "a"), clear("bob", 5), leave(4, 9), delete("bob", 2L));
    var marks = marks("bob", 1L, 2L);
    var before = state("bob", lane.conversation);
    apply(revoke(1, "a"), clear("bob", 5), leave(4, 9), delete("bob", 2L));
    assertThat(marks("bob", 1L, 2L)).isEqualTo(marks);
    assertThat(state("bob", lane.conversation)).isEqualTo(before);
  }

  @Test
  void theLastInboundOffsetIsReportedAndNeverFalls() {
    assertThat(cache.lastInbound(lane.lane)).isEqualTo(-1);
    apply();
    assertThat(cache.lastInbound(lane.lane)).isEqualTo(1_101);
    state = lane.apply(state, lane.copy(1, "c1"));
    offset = state.position();
    assertThat(cache.lastInbound(lane.lane)).isEqualTo(1_101);
    LaneState next = new LaneState("next", 5, true, 0);
    assertThat(cache.publish(lane.lane, next, 0, state, 77)).isTrue();
    assertThat(cache.lastInbound(lane.lane)).isEqualTo(77);
    assertThat(cache.lastInbound(lane.lane + 1_000_000)).isEqualTo(-1);
  }

  @Test
  void theTicketOfAMessageThatIsNotStoredGoesWithItsBatch() {
    var first = cache.admit(lane.lane, state, -1, List.of(lane.candidate("c", "one")), NOON);
    assertThat(present(first.admissions()).getFirst().serverMsgId()).isEqualTo("one");
    offset++;
    LaneBatch batch = new LaneBatch(List.of(), List.of(), List.of(lane.candidate("c")), 1, -1);
    assertThat(cache.apply(lane.lane, state, offset, batch, true)).isTrue();
    state = new LaneState(state.generation(), offset, true, 0);
    var again = cache.admit(lane.lane, state, -1, List.of(lane.candidate("c", "two")), NOON);
    assertThat(present(again.admissions()).getFirst().serverMsgId()).isEqualTo("two");
  }

  @Test
  void aReloadBringsMutationsWithIt() {
    String generation = cache.newGeneration();
    LaneBatch batch =
        new LaneBatch(
            List.of(lane.copy(1, "c1")),
            List.of(new Placed(50, revoke(1, "alice")), new Placed(51, clear("bob", 3))),
            List.of(),
            9,
            -1);
    cache.load(lane.lane, generation, 0, batch);
    assertThat(marks("bob", 1L)).isEmpty();
    LaneState next = new LaneState(generation, 200, true, 0);
    assertThat(cache.publish(lane.lane, next, batch.size(), state, 9)).isTrue();
    state = next;
    assertThat(marks("bob", 1L)).containsOnlyKeys(1L);
    assertThat(state("bob", lane.conversation).window().userMin()).isEqualTo(4);
  }
}
