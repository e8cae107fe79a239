package im.hongyan.bench.scenario;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.SeqRange;
import org.jspecify.annotations.Nullable;

/** The pull of a range (1002) as question, answer and event. Stateless. */
final class Pulls {
  /** Messages of one question when everything is read; SDKs split at the same number. */
  static final int SLICE = 100;

  private Pulls() {}

  /** Asks for a whole range. */
  static PullMessageBySeqsReq range(String userId, String conversation, long begin, long end) {
    return PullMessageBySeqsReq.newBuilder()
        .setUserID(userId)
        .addSeqRanges(
            SeqRange.newBuilder()
                .setConversationID(conversation)
                .setBegin(begin)
                .setEnd(end)
                .setNum(end - begin + 1))
        .build();
  }

  /** What an answer holds of a conversation; nothing when it was left out. */
  static PullMsgs messages(PullMessageBySeqsResp answer, String conversation) {
    PullMsgs none = PullMsgs.getDefaultInstance();
    return answer
        .getMsgsMap()
        .getOrDefault(
            conversation, answer.getNotificationMsgsMap().getOrDefault(conversation, none));
  }

  /** The answer as an event; null means one that did not come, which holds nothing. */
  static Event.Pulled event(
      String userId,
      String conversation,
      long begin,
      long end,
      long askedAt,
      @Nullable PullMessageBySeqsResp answer) {
    PullMsgs messages =
        answer == null ? PullMsgs.getDefaultInstance() : messages(answer, conversation);
    return new Event.Pulled(
        userId,
        conversation,
        begin,
        end,
        end - begin + 1,
        askedAt,
        messages.getMsgsList().stream().map(Copy::of).toList());
  }
}
