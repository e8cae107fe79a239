package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The table {@code group_dismissal}, and what it asks for, in steps of some members each. Safe for
 * use by several threads and processes.
 */
public final class GroupDismissalStore {
  private static final int MEMBERS_A_STEP = 500;

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public GroupDismissalStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Some groups that stand in lists of their members still. */
  List<GroupId> withOpenLists(int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT group_id FROM group_dismissal WHERE lists_done = 0 LIMIT ?")
            .bind(0, most)
            .mapTo(GroupId.class)
            .list());
  }

  /** Some groups whose members are to be removed by now. */
  List<GroupId> removable(long nowMillis, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT group_id FROM group_dismissal WHERE lists_done = 1 AND remove_from <= ?"
                    + " LIMIT ?")
            .bind(0, nowMillis)
            .bind(1, most)
            .mapTo(GroupId.class)
            .list());
  }

  /**
   * Takes the group off the lists of the next members.
   *
   * @return whether more are left
   */
  boolean updateListsStep(GroupId groupId, long nowMillis) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<UserId> doneTo = lock(handle, groupId, 0);
          if (doneTo.isEmpty()) {
            return false;
          }
          List<Member> members =
              GroupRows.membersAfter(handle, groupId, doneTo.get(), MEMBERS_A_STEP);
          if (!members.isEmpty()) {
            VersionLogs.advanceEach(
                handle,
                Kind.JOINED_GROUPS,
                members.stream().map(member -> member.userId().value()).toList(),
                groupId.value(),
                State.DELETED,
                nowMillis);
          }
          boolean more = members.size() == MEMBERS_A_STEP;
          handle.execute(
              "UPDATE group_dismissal SET lists_done = ?, done_to = ? WHERE group_id = ?",
              !more,
              more ? members.getLast().userId() : new UserId(""),
              groupId);
          return more;
        });
  }

  private static Optional<UserId> lock(Handle handle, GroupId groupId, int listsDone) {
    return handle
        .createQuery(
            "SELECT done_to FROM group_dismissal WHERE group_id = ? AND lists_done = ? FOR UPDATE")
        .bind(0, groupId)
        .bind(1, listsDone)
        .mapTo(UserId.class)
        .findOne();
  }

  /**
   * Removes the next members. With the last the group has no owner and the job is done.
   *
   * @return whether more are left
   */
  boolean removeStep(GroupId groupId, long nowMillis) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<LockedGroupRows> group = LockedGroupRows.lock(handle, groupId, nowMillis);
          if (group.isEmpty() || lock(handle, groupId, 1).isEmpty()) {
            return false;
          }
          List<Member> members =
              GroupRows.membersAfter(handle, groupId, new UserId(""), MEMBERS_A_STEP);
          if (!members.isEmpty()) {
            group.get().removeOfDismissed(members);
          }
          if (members.size() == MEMBERS_A_STEP) {
            return true;
          }
          handle.execute(
              "UPDATE chat_group SET owner_user_id = '', member_count = 0 WHERE group_id = ?",
              groupId);
          handle.execute("DELETE FROM group_dismissal WHERE group_id = ?", groupId);
          return false;
        });
  }
}
