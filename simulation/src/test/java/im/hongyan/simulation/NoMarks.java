package im.hongyan.simulation;

import im.hongyan.messagelog.lane.MarkStore;
import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.messagelog.lane.UserWindow;
import im.hongyan.wire.id.ConversationOwner;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;

/** The schedules have no mutations. */
final class NoMarks implements MarkStore {
  @Override
  public Map<String, Place> places(String userId, Collection<String> conversationIds) {
    throw new UnsupportedOperationException("no schedule asks for a user's view");
  }

  @Override
  public Map<String, UserWindow> windows(String conversationId, Collection<String> userIds) {
    throw new UnsupportedOperationException("no schedule asks for users' views");
  }

  @Override
  public Map<String, ConversationOwner> owners(Collection<String> keys) {
    return Map.of();
  }

  @Override
  public Map<Long, MessageMarks> marks(
      String userId, String conversationId, Collection<Long> seqs) {
    throw new UnsupportedOperationException("no schedule has mutations");
  }

  @Override
  public OptionalLong newestBelow(String userId, String conversationId, long seq) {
    throw new UnsupportedOperationException("no schedule has mutations");
  }
}
