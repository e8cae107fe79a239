package im.hongyan.wire.id;

/**
 * Whose a conversation and its notification twin are: two users', or a group's. Ids may hold
 * underscores, so that several owners have the same key; it belongs to the first of them
 * (messaging.md 1.2). Immutable value.
 *
 * @param first the group's id, or the lower of the users' ids
 * @param second the higher one; empty for a group
 */
public record ConversationOwner(String first, String second) {
  /** Two users, in either order; a user with itself too. */
  public static ConversationOwner pair(String userId, String peerId) {
    return Utf8Order.INSTANCE.compare(userId, peerId) <= 0
        ? new ConversationOwner(userId, peerId)
        : new ConversationOwner(peerId, userId);
  }

  /** A group. */
  public static ConversationOwner group(String groupId) {
    return new ConversationOwner(groupId, "");
  }

  /** Whether it is a group. */
  public boolean isGroup() {
    return second.isEmpty();
  }

  /** Whether it is two users, of whom this is one. */
  public boolean isPairWith(String userId) {
    return !isGroup() && (first.equals(userId) || second.equals(userId));
  }

  /** What the ids of its conversations have behind their prefix. */
  public String key() {
    return isGroup() ? first : first + "_" + second;
  }
}
