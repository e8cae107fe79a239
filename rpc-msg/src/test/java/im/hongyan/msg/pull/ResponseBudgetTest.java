package im.hongyan.msg.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Proves that an answer stays below its limit and cuts where the client loses least. */
class ResponseBudgetTest {
  private static final int BYTES = 960 << 10;

  private static List<MsgData> messages(int count, int contentBytes) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(seq ->
            MsgData.newBuilder()
                .setSeq(seq)
                .setContent(ByteString.copyFrom(new byte[contentBytes]))
                .build())
        .toList();
  }

  private static List<MsgData> first(ResponseBudget budget, String id, List<MsgData> messages) {
    return messages.subList(0, budget.begin(id).take(messages));
  }

  private static List<MsgData> last(ResponseBudget budget, String id, List<MsgData> messages) {
    return first(budget, id, messages.reversed()).reversed();
  }

  private static List<Long> seqs(List<MsgData> messages) {
    return messages.stream().map(MsgData::getSeq).toList();
  }

  @Test
  void whatFitsIsKeptWhole() {
    ResponseBudget size = new ResponseBudget(BYTES, 3);
    assertThat(last(size, "si_a_b", messages(10, 30_000))).hasSize(10);
    assertThat(first(size, "si_a_c", messages(10, 30_000))).hasSize(10);
    assertThat(last(size, "si_a_d", List.of())).isEmpty();
  }

  @Test
  void theLastOrTheFirstAreKeptInTheirOrder() {
    List<Long> last = seqs(last(new ResponseBudget(BYTES, 1), "si_a_b", messages(100, 50_000)));
    assertThat(last).hasSize(19).startsWith(82L).endsWith(100L).isSorted();
    List<Long> first = seqs(first(new ResponseBudget(BYTES, 1), "si_a_b", messages(100, 50_000)));
    assertThat(first).hasSize(19).startsWith(1L).endsWith(19L).isSorted();
  }

  @Test
  void aLongConversationLeavesRoomForTheOthers() {
    ResponseBudget size = new ResponseBudget(BYTES, 4);
    assertThat(last(size, "si_a_b", messages(100, 50_000))).hasSize(4);
    assertThat(last(size, "si_a_c", messages(1, 10))).hasSize(1);
    assertThat(last(size, "si_a_d", messages(100, 50_000))).as("and has what is left").hasSize(7);
    assertThat(last(size, "si_a_e", messages(100, 50_000))).hasSize(8);
  }

  @Test
  void eachConversationKeepsItsNewestWhileThereIsRoom() {
    ResponseBudget size = new ResponseBudget(BYTES, 100);
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      List<Long> seqs = seqs(last(size, "si_a_" + i, messages(3, 50_000)));
      assertThat(seqs).isSubsetOf(3L);
      kept.add(seqs.size());
    }
    assertThat(kept).startsWith(1, 1, 1).endsWith(0, 0, 0);
    assertThat(kept.stream().mapToInt(i -> i).sum()).isEqualTo(19);
  }

  @Test
  void theAnswerOnTheWireIsBelowTheLimit() {
    for (int bytes : List.of(0, 10, 100, 1_000, 51_200)) {
      ResponseBudget size = new ResponseBudget(BYTES, 300);
      PullMessageBySeqsResp.Builder answer = PullMessageBySeqsResp.newBuilder();
      for (int i = 0; i < 300; i++) {
        String id = "n_" + "用户".repeat(8) + i + "_" + "x".repeat(64);
        PullMsgs messages =
            PullMsgs.newBuilder()
                .addAllMsgs(last(size, id, messages(500, bytes)))
                .setIsEnd(true)
                .build();
        if (messages.getMsgsCount() > 0) {
          answer.putNotificationMsgs(id, messages);
        }
      }
      assertThat(answer.build().getSerializedSize()).isLessThanOrEqualTo(BYTES);
      assertThat(answer.build().getSerializedSize()).isGreaterThan(BYTES / 2);
    }
  }
}
