package im.hongyan.client.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.testkit.Seeded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Proves that whatever pushes are lost, doubled or reordered, each message is delivered once, in
 * order.
 */
class SeqTrackerTest {
  private static final String CHAT = "si_a_b";

  private final List<Long> delivered = new ArrayList<>();
  private final List<SeqRange> pulled = new ArrayList<>();
  private long stored;
  private long deletedSeq;

  private final SeqTracker tracker = tracker(Long.MAX_VALUE);

  private SeqTracker tracker(long historyLimit) {
    return new SeqTracker("a", historyLimit, this::pull, (_, m) -> delivered.add(m.getSeq()));
  }

  @Test
  void contiguousPushesAreTakenWithoutPulling() throws IOException {
    push(tracker, 1, 2);
    push(tracker, 3);
    assertThat(delivered).containsExactly(1L, 2L, 3L);
    assertThat(pulled).isEmpty();
  }

  @Test
  void aGapIsPulledFirst() throws IOException {
    stored = 5;
    push(tracker, 1);
    push(tracker, 5);
    assertThat(delivered).containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(pulled).hasSize(1);
    assertThat(pulled.getFirst().getBegin()).isEqualTo(2);
    assertThat(pulled.getFirst().getEnd()).isEqualTo(5);
  }

  @Test
  void duplicatesAreDroppedAndSeqZeroPassesThrough() throws IOException {
    push(tracker, 1, 1, 0, 1, 2, 1);
    assertThat(delivered).containsExactly(1L, 0L, 2L);
  }

  @Test
  void longGapsAreSliced() throws IOException {
    stored = 250;
    tracker.catchUp(CHAT, 250);
    assertThat(delivered)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 250).boxed().toList());
    assertThat(pulled).hasSize(3);
  }

  @Test
  void theHistoryLimitHoldsForConversationsSeenFirst() throws IOException {
    stored = 1_000;
    SeqTracker limited = tracker(3);
    limited.catchUp(CHAT, 1_000);
    assertThat(delivered).containsExactly(998L, 999L, 1000L);
    stored = 1_200;
    limited.catchUp(CHAT, 1_200);
    assertThat(delivered).hasSize(203);
  }

  @Test
  void placeholdersCountAsSynced() throws IOException {
    stored = 3;
    deletedSeq = 2;
    tracker.catchUp(CHAT, 3);
    assertThat(delivered).containsExactly(1L, 3L);
    assertThat(tracker.synced(CHAT)).isEqualTo(3);
  }

  @Test
  void aFailedPullLeavesThePositionWhereItWas() throws IOException {
    stored = -1;
    assertThatThrownBy(() -> push(tracker, 3)).isInstanceOf(IOException.class);
    assertThat(tracker.synced(CHAT)).isZero();
    stored = 3;
    push(tracker, 3);
    assertThat(delivered).containsExactly(1L, 2L, 3L);
  }

  @Test
  void anyMessOfPushesEndsInOrder(@Seeded long seed) throws IOException {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      delivered.clear();
      SeqTracker messy = tracker(Long.MAX_VALUE);
      stored = 0;
      for (int step = 0; step < 60; step++) {
        stored += random.nextInt(4);
        if (stored > 0 && random.nextInt(3) > 0) {
          push(messy, 1 + random.nextLong(stored), Math.max(1, stored - random.nextInt(3)));
        }
      }
      messy.catchUp(CHAT, stored);
      assertThat(delivered)
          .as("seed %d", seed)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, stored).boxed().toList());
    }
  }

  private static void push(SeqTracker tracker, long... seqs) throws IOException {
    PullMsgs.Builder pushed = PullMsgs.newBuilder();
    for (long seq : seqs) {
      pushed.addMsgs(MsgData.newBuilder().setSeq(seq));
    }
    tracker.accept(CHAT, pushed.build());
  }

  private PullMessageBySeqsResp pull(PullMessageBySeqsReq request) throws IOException {
    if (stored < 0) {
      throw new IOException("the store is away");
    }
    SeqRange range = request.getSeqRanges(0);
    pulled.add(range);
    PullMsgs.Builder found = PullMsgs.newBuilder();
    for (long seq = range.getBegin(); seq <= Math.min(stored, range.getEnd()); seq++) {
      found.addMsgs(MsgData.newBuilder().setSeq(seq).setStatus(seq == deletedSeq ? 4 : 2));
    }
    return PullMessageBySeqsResp.newBuilder().putMsgs(CHAT, found.build()).build();
  }
}
