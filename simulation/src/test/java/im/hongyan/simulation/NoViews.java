package im.hongyan.simulation;

import im.hongyan.messagelog.lane.LaneCache.Read;
import im.hongyan.messagelog.lane.LaneViews;
import im.hongyan.messagelog.lane.UserWindow;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The schedules read messages, not a user's view of them. */
final class NoViews implements LaneViews {
  @Override
  public Read<Map<String, ConversationState>> states(
      int lane, String generation, String userId, List<String> conversations) {
    throw new UnsupportedOperationException("no schedule asks for a user's view");
  }

  @Override
  public Read<Map<String, UserWindow>> windows(
      int lane, String generation, String conversation, List<String> userIds) {
    throw new UnsupportedOperationException("no schedule asks for users' views");
  }

  @Override
  public Read<Page> page(
      int lane, String generation, String userId, String conversation, Collection<Long> seqs) {
    throw new UnsupportedOperationException("no schedule asks for a user's view");
  }
}
