package im.hongyan.wire.authz;

/**
 * Looks up a user's role in a group, for methods whose access asks for one. The service that holds
 * the group's rows registers it. Safe for use by several threads; may block.
 */
public interface GroupRoles {
  /**
   * The role as the protocol counts it: 20 member, 60 administrator, 100 owner; 0 for somebody who
   * is not in the group, and for an unknown group.
   *
   * @throws im.hongyan.wire.error.ImException where the specification has a code of its own
   */
  int roleLevel(String groupId, String userId);

  /**
   * Asked before the role where the method's access says {@code group_first}.
   *
   * @throws im.hongyan.wire.error.ImException 1004 for an unknown group, 1204 for a dismissed one
   */
  void requireGroup(String groupId);
}
