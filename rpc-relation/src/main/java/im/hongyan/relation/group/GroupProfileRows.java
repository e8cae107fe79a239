package im.hongyan.relation.group;

import im.hongyan.relation.user.User;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.NotificationType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * Announces a user's new profile to groups that show it, within the caller's transaction
 * (rest-group.md 4). Stateless.
 */
public final class GroupProfileRows {
  private GroupProfileRows() {}

  /** The next group, by id, in which the user's own name or picture is shown. */
  public static Optional<GroupId> next(Handle handle, UserId user, GroupId after) {
    return handle
        .createQuery(
            "SELECT group_id FROM group_member WHERE user_id = ? AND group_id > ?"
                + " AND (nickname = '' OR face_url = '') ORDER BY group_id LIMIT 1")
        .bind(0, user)
        .bind(1, after)
        .mapTo(GroupId.class)
        .findOne();
  }

  /**
   * Logs the member as changed and writes 1516. Nothing happens in a group that is dismissed, or
   * that the user has left meanwhile.
   *
   * @param operator who has changed the profile: the user or an administrator
   */
  public static void announce(
      Handle handle, GroupId groupId, User user, UserId operator, long nowMillis) {
    Optional<LockedGroupRows> locked = LockedGroupRows.lock(handle, groupId, nowMillis);
    if (locked.isEmpty() || locked.get().info().getStatus() == GroupStatus.DISMISSED) {
      return;
    }
    LockedGroupRows group = locked.get();
    group
        .member(user.userId())
        .ifPresent(member -> {
          boolean self = operator.equals(user.userId());
          Caller caller = new Caller(operator.value(), !self, false);
          LogVersion version = group.save(List.of(member), false);
          GroupChangeNotifications notifications =
              new GroupChangeNotifications(
                  new GroupNotifications(caller, Map.of(user.userId(), user), nowMillis),
                  self ? Optional.of(member) : Optional.empty());
          group.send(
              List.of(
                  notifications.memberSet(
                      NotificationType.GROUP_MEMBER_INFO_SET, group.info(), member, version)));
        });
  }
}
