package im.hongyan.relation.black;

/** Where blacklists are kept. Safe for use by several threads. */
public interface BlackStore {
  /** Whether a user is in an owner's blacklist. */
  boolean contains(String ownerUserId, String userId);
}
