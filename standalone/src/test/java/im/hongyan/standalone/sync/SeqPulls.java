package im.hongyan.standalone.sync;

import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PullOrder;
import im.hongyan.testkit.system.TestUser;
import java.util.List;
import java.util.stream.LongStream;

/** How official clients page back through a conversation: 1005 (client-sync.md 5.2). Stateless. */
final class SeqPulls {
  private static final int SEQS_PER_PULL = 50;

  private SeqPulls() {}

  /** Messages by seqs in ascending order, of which the caller pages to older ones. */
  static PullMsgs descending(TestUser connection, String conversation, List<Long> seqs) {
    return connection
        .request(
            ReqId.PULL_BY_SEQS,
            GetSeqMessageReq.newBuilder()
                .setUserID(connection.id())
                .setOrder(PullOrder.PullOrderDesc)
                .addConversations(
                    ConversationSeqs.newBuilder().setConversationID(conversation).addAllSeqs(seqs))
                .build(),
            GetSeqMessageResp.parser())
        .getMsgsOrThrow(conversation);
  }

  /**
   * Fills the gaps of a conversation from its newest seq down to the first readable one, and
   * forgets what is older. An official client asks for what it lacks alone, so one that was away
   * while the conversation was cleared keeps what it has: 1703 is not stored (docs/decisions/0010).
   * The question for seq 1 puts that right here.
   */
  static void fill(TestUser connection, MessageTable table, String conversation, long newest) {
    for (long end = newest; end >= 1; end -= SEQS_PER_PULL) {
      List<Long> missing =
          LongStream.rangeClosed(Math.max(1, end - SEQS_PER_PULL + 1), end)
              .filter(seq -> seq == 1 || !table.has(conversation, seq))
              .boxed()
              .toList();
      if (missing.isEmpty()) {
        continue;
      }
      PullMsgs page = descending(connection, conversation, missing);
      page.getMsgsList().forEach(message -> table.add(conversation, message));
      if (page.getIsEnd()) {
        table.cut(conversation, page.getEndSeq());
        return;
      }
    }
  }
}
