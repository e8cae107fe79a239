package im.hongyan.messagelog.lane;

import im.hongyan.messagelog.lane.LaneCache.Read;
import im.hongyan.messagelog.lane.LaneCache.Top;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What readers ask of a lane: seqs, windows, bodies, and what mutations made of them that history
 * may not have yet. Every answer is of one moment. Safe for use by several threads; failures of
 * Redis are thrown as {@link im.hongyan.wire.error.ImException} 500.
 */
public interface LaneViews {
  /** A user's view of a conversation; the top is null where Redis does not know it. */
  record ConversationState(@Nullable Top top, UserWindow window) {}

  /** Bodies and marks by seq; what Redis does not know is left out. */
  record Page(Map<Long, byte[]> bodies, Map<Long, MessageMarks> marks) {}

  /** A user's state in conversations of a lane. */
  Read<Map<String, ConversationState>> states(
      int lane, String generation, String userId, List<String> conversations);

  /** Windows of users in one conversation. */
  Read<Map<String, UserWindow>> windows(
      int lane, String generation, String conversation, List<String> userIds);

  /** What is cached of messages, and what was made of them, also by the user for itself. */
  Read<Page> page(
      int lane, String generation, String userId, String conversation, Collection<Long> seqs);
}
