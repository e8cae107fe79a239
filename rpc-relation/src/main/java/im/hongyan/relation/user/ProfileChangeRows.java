package im.hongyan.relation.user;

import im.hongyan.wire.id.UserId;
import org.jdbi.v3.core.Handle;

/**
 * Writes down that a profile has changed, within the transaction of the change, so that the fan-out
 * happens whatever dies meanwhile. Stateless.
 */
public final class ProfileChangeRows {
  private ProfileChangeRows() {}

  /**
   * Writes down a changed nickname or face; a fan-out of the same user begins again.
   *
   * @param operator who changed it, and sends the notifications
   */
  public static void append(Handle handle, UserId changed, UserId operator, long nowMillis) {
    handle.execute(
        "INSERT INTO profile_change (user_id, operator_user_id, changed_at, change_count, done_to)"
            + " VALUES (?, ?, ?, 1, '') ON DUPLICATE KEY UPDATE operator_user_id ="
            + " VALUES(operator_user_id), changed_at = VALUES(changed_at),"
            + " change_count = change_count + 1, part = 0, done_to = ''",
        changed,
        operator,
        nowMillis);
  }
}
