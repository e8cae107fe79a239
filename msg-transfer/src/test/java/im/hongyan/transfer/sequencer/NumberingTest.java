package im.hongyan.transfer.sequencer;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.ResendKeys;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Proves which place in a conversation a mutation gets, and what of a record is written to Redis.
 */
class NumberingTest {
  private final Tail tail = new Tail();

  private static Copy copy(String conversation, boolean stored) {
    return Copy.newBuilder().setConversationId(conversation).setStored(stored).build();
  }

  private static Mutation.Builder change(String conversation) {
    return Mutation.newBuilder().setConversationId(conversation);
  }

  private Mutation numbered(InboundRecord.Builder record) {
    return Numbering.number(record.build(), tail).getMutation();
  }

  @Test
  void aClearEndsAtTheLastMessageBeforeIt() {
    tail.setLastSeq("sg_g", 7);
    Mutation clear = change("sg_g").setClearing(Clearing.getDefaultInstance()).build();
    assertThat(numbered(InboundRecord.newBuilder().setMutation(clear)).getClearing())
        .returns(7L, Clearing::getThroughSeq);
    for (long named : List.of(3L, 7L, 9L)) {
      Mutation upTo =
          change("sg_g").setClearing(Clearing.newBuilder().setThroughSeq(named)).build();
      assertThat(numbered(InboundRecord.newBuilder().setMutation(upTo)).getClearing())
          .returns(Math.min(named, 7), Clearing::getThroughSeq);
    }
    Mutation unknown = change("sg_new").setClearing(Clearing.getDefaultInstance()).build();
    assertThat(numbered(InboundRecord.newBuilder().setMutation(unknown)).getClearing())
        .returns(0L, Clearing::getThroughSeq);
  }

  @Test
  void whoLeavesMayReadTheMessageThatSaysSo() {
    tail.setLastSeq("sg_g", 7);
    tail.setLastSeq("n_g", 3);
    Mutation leave = change("sg_g").setLeaving(Leaving.newBuilder().addUserIds("bob")).build();
    Leaving placed =
        numbered(
                InboundRecord.newBuilder()
                    .addCopies(copy("sg_g", true))
                    .addCopies(copy("n_g", false))
                    .setMutation(leave))
            .getLeaving();
    assertThat(placed.getThroughSeq()).isEqualTo(8);
    assertThat(placed.getTwinThroughSeq()).isEqualTo(3);
    assertThat(tail.lastSeq("sg_g")).isEqualTo(8);
    assertThat(tail.lastSeq("n_g")).isEqualTo(3);
  }

  @Test
  void whoComesInReadsFromTheMessageThatSaysSo() {
    tail.setLastSeq("sg_g", 7);
    Mutation join = change("sg_g").setJoining(Joining.newBuilder().addUserIds("bob")).build();
    InboundRecord.Builder record =
        InboundRecord.newBuilder().addCopies(copy("n_g", true)).setMutation(join);
    assertThat(numbered(record).getJoining()).returns(8L, Joining::getFromSeq);
    record.addCopies(copy("sg_g", false));
    assertThat(numbered(record).getJoining()).as("not stored").returns(8L, Joining::getFromSeq);
    record.addCopies(copy("sg_g", true));
    assertThat(numbered(record).getJoining()).returns(8L, Joining::getFromSeq);
    assertThat(tail.lastSeq("sg_g")).isEqualTo(8);
    assertThat(numbered(record).getJoining()).returns(9L, Joining::getFromSeq);
  }

  @Test
  void invariant16AReadMarkIsNeverAboveTheLastMessage() {
    tail.setLastSeq("si_a_b", 5);
    for (long asked : new long[] {1, 5, 6, Long.MAX_VALUE}) {
      Mutation read = change("si_a_b").setRead(ReadMark.newBuilder().setSeq(asked)).build();
      assertThat(numbered(InboundRecord.newBuilder().setMutation(read)).getRead())
          .returns(Math.min(asked, 5), ReadMark::getSeq);
    }
  }

  @Test
  void theSeqsThatMustBeKnownAreThoseOfCopiesAndOfWhatIsChanged() {
    InboundRecord.Builder record =
        InboundRecord.newBuilder().addCopies(copy("n_g", true)).addCopies(copy("n_u_u", false));
    assertThat(Numbering.conversations(record.build())).containsExactly("n_g");
    Mutation read = change("sg_g").setRead(ReadMark.getDefaultInstance()).build();
    assertThat(Numbering.conversations(record.setMutation(read).build()))
        .containsExactly("n_g", "sg_g");
    Mutation leave = change("sg_g").setLeaving(Leaving.getDefaultInstance()).build();
    assertThat(Numbering.conversations(InboundRecord.newBuilder().setMutation(leave).build()))
        .containsExactly("sg_g", "n_g");
  }

  @Test
  void recordsWithoutCopiesAreDistinguishedByWhatTheyChange() {
    InboundRecord.Builder one =
        InboundRecord.newBuilder().setSendId("a").setClientMsgId("c").setMutation(change("si_a_b"));
    InboundRecord first = one.build();
    InboundRecord second = one.setMutation(change("si_a_c")).build();
    assertThat(SentKey.of(first)).isEqualTo(SentKey.of(first)).isNotEqualTo(SentKey.of(second));
    assertThat(VisibleBatch.candidate(first)).isEqualTo(new Candidate("si_a_b", "a", "c", "", 0));
  }

  @Test
  void redisGetsStoredCopiesMutationsAndTicketsThatAreDone() {
    VisibleBatch batch = new VisibleBatch();
    InboundRecord typing =
        InboundRecord.newBuilder()
            .setSendId("a")
            .setClientMsgId("t")
            .addCopies(copy("si_a_b", false))
            .build();
    InboundRecord both =
        InboundRecord.newBuilder()
            .setSendId("a")
            .setClientMsgId("b")
            .addCopies(copy("si_a_b", true).toBuilder().setSeq(4))
            .addCopies(copy("n_a_b", true).toBuilder().setSeq(2))
            .setMutation(change("si_a_b").setClearing(Clearing.getDefaultInstance()))
            .build();
    batch.add(10, typing);
    batch.add(11, both);
    LaneBatch partial = batch.upTo(33, 9);
    assertThat(partial.copies())
        .extracting(copy -> copy.conversationId() + " " + copy.seq() + " " + copy.clientMsgId())
        .containsExactly("si_a_b 4 b", "n_a_b 2 ");
    assertThat(partial.mutations()).extracting(LaneBatch.Placed::offset).containsExactly(11L);
    assertThat(partial.answered())
        .containsExactly(new Candidate("si_a_b", "a", ResendKeys.of("t", false), "", 0));
    assertThat(partial.lastInbound()).isEqualTo(33);
    assertThat(partial.historyOffset()).isEqualTo(9);
    batch.clear();
    assertThat(batch.upTo(34, 9)).isEqualTo(new LaneBatch(List.of(), List.of(), List.of(), 34, 9));
  }
}
