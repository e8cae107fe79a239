package im.hongyan.msg.pull;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what of a conversation fits into an answer, and little more: a part at a time, until one is
 * full. Used by one thread.
 */
final class FittingMessages {
  /** Most requests ask for no more. */
  private static final int FIRST_PART = 50;

  private static final int MOST_AT_ONCE = 500;

  private final MessageRenderer renderer;
  private final ResponseBudget budget;
  private final UserId user;

  FittingMessages(MessageRenderer renderer, ResponseBudget budget, UserId user) {
    this.renderer = renderer;
    this.budget = budget;
    this.user = user;
  }

  /**
   * The first of these seqs' messages, as many as fit.
   *
   * @param top the conversation's highest seq
   */
  List<MsgData> first(String conversationId, List<Long> seqs, long top) {
    ResponseBudget.Share share = budget.begin(conversationId);
    List<MsgData> fitting = new ArrayList<>();
    int next = FIRST_PART;
    int bytes = 0;
    for (int from = 0; from < seqs.size() && !share.isFull(); ) {
      int to = Math.min(seqs.size(), from + next);
      List<MsgData> found = renderer.of(user, conversationId, seqs.subList(from, to), top);
      fitting.addAll(found.subList(0, share.take(found)));
      bytes += found.stream().mapToInt(MsgData::getSerializedSize).sum();
      from = to;
      next = Math.clamp(share.roomFor(bytes / to), 1, MOST_AT_ONCE);
    }
    return fitting;
  }

  /** The last of these seqs' messages, as many as fit, in the order of the seqs. */
  List<MsgData> last(String conversationId, List<Long> seqs, long top) {
    return first(conversationId, seqs.reversed(), top).reversed();
  }
}
