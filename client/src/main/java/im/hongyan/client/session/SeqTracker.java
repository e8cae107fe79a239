package im.hongyan.client.session;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.SeqRange;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Knows per conversation up to which seq everything was delivered, and repairs gaps by pulling
 * (websocket.md 8.4). Not thread-safe: the session's thread owns it.
 *
 * <p>Unlike official SDKs, which load old messages on demand, a gap is pulled whole.
 */
final class SeqTracker {
  /** Messages asked for in one pull; official SDKs split at the same number. */
  static final int PULL_SLICE = 100;

  private static final int STATUS_DELETED = 4;

  /** Asks the server for a range. */
  interface Puller {
    PullMessageBySeqsResp pull(PullMessageBySeqsReq request) throws IOException;
  }

  private final String userId;
  private final long historyLimit;
  private final Puller puller;
  private final MessageHandler handler;
  private final Map<String, Long> synced = new HashMap<>();

  /**
   * Creates a tracker that knows nothing.
   *
   * @param historyLimit how many messages before the first seen one are pulled per conversation
   */
  SeqTracker(String userId, long historyLimit, Puller puller, MessageHandler handler) {
    this.userId = userId;
    this.historyLimit = historyLimit;
    this.puller = puller;
    this.handler = handler;
  }

  /** Highest seq up to which the conversation was delivered, 0 when none was. */
  long synced(String conversationId) {
    return synced.getOrDefault(conversationId, 0L);
  }

  /** Takes pushed messages of one conversation. */
  void accept(String conversationId, PullMsgs pushed) throws IOException {
    for (MsgData message : pushed.getMsgsList()) {
      long seq = message.getSeq();
      if (seq == 0) {
        handler.onMessage(conversationId, message);
      } else if (seq == synced(conversationId) + 1) {
        synced.put(conversationId, seq);
        handler.onMessage(conversationId, message);
      } else if (seq > synced(conversationId)) {
        catchUp(conversationId, seq);
      }
    }
  }

  /** Pulls everything from the synced seq to {@code maxSeq}, slice by slice. */
  void catchUp(String conversationId, long maxSeq) throws IOException {
    if (!synced.containsKey(conversationId) && maxSeq > historyLimit) {
      synced.put(conversationId, maxSeq - historyLimit);
    }
    while (synced(conversationId) < maxSeq) {
      long begin = synced(conversationId) + 1;
      long end = Math.min(maxSeq, begin + PULL_SLICE - 1);
      for (MsgData message : pull(conversationId, begin, end).getMsgsList()) {
        if (message.getSeq() > synced(conversationId)) {
          synced.put(conversationId, message.getSeq());
          if (message.getStatus() != STATUS_DELETED) {
            handler.onMessage(conversationId, message);
          }
        }
      }
      // A range that came back short is over: what is left out has no right to be seen.
      synced.merge(conversationId, end, Math::max);
    }
  }

  private PullMsgs pull(String conversationId, long begin, long end) throws IOException {
    PullMessageBySeqsResp answer =
        puller.pull(
            PullMessageBySeqsReq.newBuilder()
                .setUserID(userId)
                .addSeqRanges(
                    SeqRange.newBuilder()
                        .setConversationID(conversationId)
                        .setBegin(begin)
                        .setEnd(end)
                        .setNum(PULL_SLICE))
                .build());
    PullMsgs none = PullMsgs.getDefaultInstance();
    return answer
        .getMsgsMap()
        .getOrDefault(
            conversationId, answer.getNotificationMsgsMap().getOrDefault(conversationId, none));
  }
}
