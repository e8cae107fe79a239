package im.hongyan.relation.friend;

/** Where friends are kept. Safe for use by several threads. */
public interface FriendStore {
  /** Whether a user is an owner's friend. */
  boolean contains(String ownerUserId, String userId);
}
