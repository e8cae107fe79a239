package im.hongyan.relation.black;

import im.hongyan.wire.notification.Notification;

/** Where blacklists are kept. Safe for use by several threads. */
public interface BlackStore {
  /** Whether a user is in an owner's blacklist. */
  boolean contains(String ownerUserId, String userId);

  /**
   * Adds an entry and what is told of it, both or neither.
   *
   * @return whether it was not there before; if it was, nothing changes and nothing is told
   */
  boolean add(Black black, Notification notification);
}
