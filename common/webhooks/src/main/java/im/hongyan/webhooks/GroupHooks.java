package im.hongyan.webhooks;

import java.util.List;

/**
 * Webhooks around groups (rest-group.md 6). Those named before may refuse by throwing {@link
 * im.hongyan.wire.error.ImException}; nothing is stored then. Called on virtual threads, may block.
 */
public interface GroupHooks {
  /** No hooks. */
  GroupHooks NONE = new GroupHooks() {};

  /**
   * Before a group is made.
   *
   * @param groupId as the client chose it; empty where we do
   */
  default void beforeCreateGroup(String groupId, String ownerUserId, List<String> memberUserIds) {}

  /** After a group was made. */
  default void afterCreateGroup(String groupId, String ownerUserId, List<String> memberUserIds) {}

  /** Before users are invited, whether they join at once or owner and admins are asked. */
  default void beforeInviteUserToGroup(String groupId, List<String> userIds, String reason) {}

  /** Before users become members, of a new group or of one that exists. */
  default void beforeMembersJoinGroup(String groupId, List<String> userIds) {}

  /** Before a user applies, or joins directly. */
  default void beforeApplyJoinGroup(
      String groupId, String userId, String reqMessage, int joinSource) {}

  /** After a user has joined directly. */
  default void afterJoinGroup(String groupId, String userId) {}

  /** Before a group's data is changed. */
  default void beforeSetGroupInfo(String groupId) {}

  /** After a group's data was changed. */
  default void afterSetGroupInfo(String groupId) {}

  /** Before a member's data is changed. */
  default void beforeSetGroupMemberInfo(String groupId, String userId) {}

  /** After a member's data was changed. */
  default void afterSetGroupMemberInfo(String groupId, String userId) {}

  /** After a member has left. */
  default void afterQuitGroup(String groupId, String userId) {}

  /** After members were removed. */
  default void afterKickGroupMember(String groupId, List<String> userIds, String reason) {}

  /** After a group was dismissed. */
  default void afterDismissGroup(String groupId, String ownerUserId) {}

  /** After a group has got another owner. */
  default void afterTransferGroupOwner(
      String groupId, String oldOwnerUserId, String newOwnerUserId) {}
}
