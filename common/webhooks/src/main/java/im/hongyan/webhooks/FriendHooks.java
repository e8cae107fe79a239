package im.hongyan.webhooks;

import java.util.List;

/**
 * Webhooks around friends, their applications and blacklists (rest-account.md 0.14). Those named
 * before may refuse by throwing {@link im.hongyan.wire.error.ImException}; nothing is stored then.
 * Called on virtual threads, may block.
 */
public interface FriendHooks {
  /** No hooks. */
  FriendHooks NONE = new FriendHooks() {};

  /**
   * An answer to an application.
   *
   * @param fromUserId who applied
   * @param toUserId who answers; travels as {@code blackUserID}
   */
  record Response(String fromUserId, String toUserId, int handleResult, String handleMsg) {}

  /** Before somebody applies. */
  default void beforeAddFriend(String fromUserId, String toUserId, String reqMsg, String ex) {}

  /** After an application was stored. */
  default void afterAddFriend(String fromUserId, String toUserId, String reqMsg) {}

  /** Before an application is agreed to. */
  default void beforeAddFriendAgree(Response response) {}

  /** After two have become friends by an application. */
  default void afterAddFriendAgree(Response response) {}

  /** Before a remark is set; the remark that is stored. */
  default String beforeSetFriendRemark(String ownerUserId, String friendUserId, String remark) {
    return remark;
  }

  /** After a remark was set. */
  default void afterSetFriendRemark(String ownerUserId, String friendUserId, String remark) {}

  /** After a friend was removed from an owner's list. */
  default void afterDeleteFriend(String ownerUserId, String friendUserId) {}

  /** Before friends are imported; those that are. */
  default List<String> beforeImportFriends(String ownerUserId, List<String> friendUserIds) {
    return friendUserIds;
  }

  /** After friends were imported. */
  default void afterImportFriends(String ownerUserId, List<String> friendUserIds) {}

  /** Before a user is put on a blacklist. */
  default void beforeAddBlack(String ownerUserId, String blackUserId) {}

  /** After a user was taken off a blacklist. */
  default void afterRemoveBlack(String ownerUserId, String blackUserId) {}
}
