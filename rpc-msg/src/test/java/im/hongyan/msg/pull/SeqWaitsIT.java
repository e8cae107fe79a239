package im.hongyan.msg.pull;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.wire.id.ConversationId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that a pull whose end is not visible yet waits for it, without a place under the limit of
 * calls, and that a client waits once at a time (docs/sequencing.md, Reading).
 */
class SeqWaitsIT extends PullFixture {
  private String chat;

  @Override
  protected Feature[] features(Relations relations, UserReader users) {
    // The gauges of the test before would be found otherwise.
    meters.clear();
    SeqWaits waits = new SeqWaits(reader, news, LANES, Duration.ofMinutes(2), meters);
    return new Feature[] {new Pulls(reader, users, relations, waits)};
  }

  @BeforeEach
  void showTen() {
    chat = ConversationId.single(user, "peer").value();
    row(chat, 0);
    show(chat, LongStream.rangeClosed(1, 10).mapToObj(seq -> message(seq, 1, 10)).toList());
  }

  private static double active(String limit) {
    return meters.get("limit_active").tag("limit", limit).gauge().value();
  }

  private List<Long> byRange(long end) {
    PullMessageBySeqsReq request =
        PullMessageBySeqsReq.newBuilder()
            .setUserID(user)
            .addSeqRanges(
                SeqRange.newBuilder().setConversationID(chat).setBegin(9).setEnd(end).setNum(100))
            .build();
    return seqs(callAs(user, msgGrpc.getPullMessageBySeqsMethod(), request).getMsgsOrThrow(chat));
  }

  private List<Long> bySeq(long end) {
    GetSeqMessageReq request =
        GetSeqMessageReq.newBuilder()
            .setUserID(user)
            .addConversations(
                ConversationSeqs.newBuilder().setConversationID(chat).addSeqs(9).addSeqs(end))
            .build();
    return seqs(callAs(user, msgGrpc.getGetSeqMessageMethod(), request).getMsgsOrThrow(chat));
  }

  private static List<Long> seqs(PullMsgs messages) {
    return messages.getMsgsList().stream().map(MsgData::getSeq).toList();
  }

  private CompletableFuture<List<Long>> waiting(Supplier<List<Long>> pull) {
    CompletableFuture<List<Long>> answer =
        CompletableFuture.supplyAsync(pull, Thread::startVirtualThread);
    eventually(() -> {
      assertThat(answer).as("the pull").isNotDone();
      assertThat(active("seq_waits")).isEqualTo(1);
      assertThat(active(msgGrpc.SERVICE_NAME)).as("calls under the limit").isZero();
    });
    return answer;
  }

  @Test
  void aRangeWaitsForItsEndOncePerClient() throws Exception {
    CompletableFuture<List<Long>> first = waiting(() -> byRange(12));
    assertThat(byRange(12)).as("of the same client").containsExactly(9L, 10L);
    show(chat, List.of(message(11, 1, 10)));
    assertThat(byRange(11)).containsExactly(9L, 10L, 11L);
    assertThat(first).isNotDone();
    show(chat, List.of(message(12, 1, 10)));
    assertThat(first.get(1, TimeUnit.MINUTES)).containsExactly(9L, 10L, 11L, 12L);
    eventually(() -> assertThat(active("seq_waits")).isZero());
  }

  @Test
  void aSeqThatIsNotVisibleYetIsWaitedFor() throws Exception {
    CompletableFuture<List<Long>> first = waiting(() -> bySeq(11));
    assertThat(bySeq(11)).containsExactly(9L);
    show(chat, List.of(message(11, 1, 10)));
    assertThat(first.get(1, TimeUnit.MINUTES)).containsExactly(9L, 11L);
  }
}
