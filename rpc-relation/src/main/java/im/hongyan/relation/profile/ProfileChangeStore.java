package im.hongyan.relation.profile;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sdkws.UserInfoUpdatedTips;
import im.hongyan.relation.black.BlackRows;
import im.hongyan.relation.friend.FriendRows;
import im.hongyan.relation.group.GroupProfileRows;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.relation.version.VersionLogs.State;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** The table {@code profile_change}, and what it asks for. Safe for use by several threads. */
public final class ProfileChangeStore {
  private static final int OWNERS_A_STEP = 500;

  private final Jdbi jdbi;

  private record Change(UserId operator, Step part, String doneTo) {}

  /** Who gets to know, one after the other, with the numbers of the table. */
  private enum Step {
    FRIENDS(0),
    BLACKS(1),
    GROUPS(2);

    private final int number;

    Step(int number) {
      this.number = number;
    }

    private static Step of(int number) {
      return switch (number) {
        case 0 -> FRIENDS;
        case 1 -> BLACKS;
        default -> GROUPS;
      };
    }
  }

  /** Creates a store over the pool. */
  public ProfileChangeStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Some of the users whose change has not reached everybody, the oldest change first. */
  List<UserId> open(long changedBeforeMillis, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT user_id FROM profile_change WHERE changed_at < ?"
                    + " ORDER BY changed_at LIMIT ?")
            .bind(0, changedBeforeMillis)
            .bind(1, most)
            .mapTo(UserId.class)
            .list());
  }

  /**
   * Announces a user's change to the next owners who have the user as a friend, and when they are
   * through to the next group that shows it, in one transaction that keeps other processes from
   * doing the same.
   *
   * @param users finds the user as it is now
   * @return whether more are left
   */
  boolean step(UserId changed, UserDirectory users, long nowMillis) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<Change> change = lock(handle, changed);
          if (change.isEmpty()) {
            return false;
          }
          return switch (change.get().part()) {
            case FRIENDS -> friendStep(handle, changed, change.get(), nowMillis);
            case BLACKS -> blackStep(handle, changed, change.get(), nowMillis);
            case GROUPS -> groupStep(handle, changed, change.get(), users, nowMillis);
          };
        });
  }

  private static Optional<Change> lock(Handle handle, UserId changed) {
    return handle
        .createQuery(
            "SELECT operator_user_id, part, done_to FROM profile_change"
                + " WHERE user_id = ? FOR UPDATE")
        .bind(0, changed)
        .map((row, context) ->
            new Change(
                new UserId(MySql.id(row.getBytes(1))),
                Step.of(row.getInt(2)),
                MySql.id(row.getBytes(3))))
        .findOne();
  }

  private static boolean friendStep(Handle handle, UserId changed, Change change, long nowMillis) {
    List<UserId> owners =
        FriendRows.befriending(handle, changed, new UserId(change.doneTo()), OWNERS_A_STEP);
    announce(handle, owners, changed, change.operator(), nowMillis);
    return goOn(handle, changed, owners, change.part());
  }

  /** Goes on after the last of these owners, or with the next part; there is always more. */
  private static boolean goOn(Handle handle, UserId changed, List<UserId> owners, Step part) {
    boolean done = owners.size() < OWNERS_A_STEP;
    handle.execute(
        "UPDATE profile_change SET part = ?, done_to = ? WHERE user_id = ?",
        done ? part.number + 1 : part.number,
        done ? new UserId("") : owners.getLast(),
        changed);
    return true;
  }

  /** Lists of blocked users show the name as well; nobody is notified. */
  private static boolean blackStep(Handle handle, UserId changed, Change change, long nowMillis) {
    List<UserId> owners =
        BlackRows.blocking(handle, changed, new UserId(change.doneTo()), OWNERS_A_STEP);
    if (!owners.isEmpty()) {
      VersionLogs.advanceEach(
          handle,
          Kind.BLACKS,
          owners.stream().map(UserId::value).toList(),
          changed.value(),
          State.UPDATED,
          nowMillis);
    }
    return goOn(handle, changed, owners, change.part());
  }

  private static boolean groupStep(
      Handle handle, UserId changed, Change change, UserDirectory users, long nowMillis) {
    Optional<GroupId> group = GroupProfileRows.next(handle, changed, new GroupId(change.doneTo()));
    Optional<User> user = users.find(List.of(changed)).stream().findFirst();
    if (group.isEmpty() || user.isEmpty()) {
      handle.execute("DELETE FROM profile_change WHERE user_id = ?", changed);
      return false;
    }
    GroupProfileRows.announce(handle, group.get(), user.get(), change.operator(), nowMillis);
    handle.execute("UPDATE profile_change SET done_to = ? WHERE user_id = ?", group.get(), changed);
    return true;
  }

  /** An entry in each owner's log, and 1209 to each (notifications.md 4). */
  private static void announce(
      Handle handle, List<UserId> owners, UserId changed, UserId operator, long nowMillis) {
    if (owners.isEmpty()) {
      return;
    }
    VersionLogs.advanceEach(
        handle,
        Kind.FRIENDS,
        owners.stream().map(UserId::value).toList(),
        changed.value(),
        State.UPDATED,
        nowMillis);
    UserInfoUpdatedTips tips = UserInfoUpdatedTips.newBuilder().setUserID(changed.value()).build();
    OutboxRows.append(
        handle,
        owners.stream()
            .map(owner ->
                Notification.of(NotificationType.FRIEND_PROFILE_CHANGED, tips, nowMillis)
                    .withoutSender()
                    .toUser(operator.value(), owner.value()))
            .toList());
  }
}
