package im.hongyan.messagelog.lane;

import im.hongyan.wire.id.ConversationOwner;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What mutations made of messages and windows, up to the history writer's position: the one place
 * that decides, beside what Redis shows of the rest. Safe for use by several threads.
 */
public interface MarkStore {
  /**
   * A user's place in a conversation.
   *
   * @param hasRow whether the user has a row of it
   * @param membershipVersion the group's version with which the user joined last
   */
  record Place(UserWindow window, boolean hasRow, long membershipVersion) {
    /** A user whom nothing is known of. */
    public static final Place NONE = new Place(UserWindow.OPEN, false, 0);

    public Place with(Place other) {
      return new Place(
          window.with(other.window),
          hasRow || other.hasRow,
          Math.max(membershipVersion, other.membershipVersion));
    }
  }

  /** A user's places in conversations; those of which nothing is known are left out. */
  Map<String, Place> places(String userId, Collection<String> conversationIds);

  /** Windows of users in one conversation; those of whom nothing is known are left out. */
  Map<String, UserWindow> windows(String conversationId, Collection<String> userIds);

  /** Whose conversations are, by the ids' part behind the prefix; those of nobody are left out. */
  Map<String, ConversationOwner> owners(Collection<String> keys);

  /** What was made of these messages, also by the user for itself; plain ones are left out. */
  Map<Long, MessageMarks> marks(String userId, String conversationId, Collection<Long> seqs);

  /**
   * The newest seq below another one whose message was not deleted, neither for everybody nor by
   * the user.
   *
   * @param userId empty where no user's own deletions count
   */
  OptionalLong newestBelow(String userId, String conversationId, long seq);
}
