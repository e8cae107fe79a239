package im.hongyan.relation.user;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.relation.owner.OwnerRows;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Users in the table {@code user}. Safe for use by several threads. */
public final class UserStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public UserStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Adds all of them, or none when one is there already. They are numbered in the order of their
   * ids.
   *
   * @return whether they were added
   * @throws im.hongyan.wire.error.ImException 1001 when the notifications of one belong to others
   */
  public boolean addAll(List<User> users) {
    List<User> sorted =
        users.stream()
            .sorted(Comparator.comparing(user -> user.userId().value(), Utf8Order.INSTANCE))
            .toList();
    return Transactions.run(
        jdbi,
        handle -> {
          int added =
              Rows.insert(
                  handle,
                  "INSERT INTO user (user_id, nickname, face_url, ex, app_manger_level,"
                      + " global_recv_msg_opt, create_time, user_number, ordinary_number) VALUES",
                  numbered(handle, sorted),
                  "ON DUPLICATE KEY UPDATE user_id = VALUES(user_id)");
          if (added < users.size()) {
            handle.rollback();
            return false;
          }
          OwnerRows.claim(
              handle,
              users.stream()
                  .map(user -> user.userId().value())
                  .map(id -> ConversationOwner.pair(id, id))
                  .toList());
          return true;
        });
  }

  /** Rows with the next numbers; one transaction at a time has them, to its end. */
  private static List<Object[]> numbered(Handle handle, List<User> users) {
    handle.execute(
        "INSERT INTO user_numbering (id) VALUES (1) ON DUPLICATE KEY UPDATE id = VALUES(id)");
    long number = last(handle, "user_number");
    long ordinary = last(handle, "ordinary_number");
    List<Object[]> rows = new ArrayList<>();
    for (User user : users) {
      number++;
      ordinary += user.isOrdinary() ? 1 : 0;
      rows.add(
          new Object[] {
            user.userId(),
            user.nickname(),
            user.faceUrl(),
            user.ex(),
            user.appMangerLevel(),
            user.globalRecvMsgOpt(),
            user.createTimeMillis(),
            number,
            user.isOrdinary() ? ordinary : 0L
          });
    }
    return rows;
  }

  private static long last(Handle handle, String column) {
    return handle
        .createQuery("SELECT COALESCE(MAX(" + column + "), 0) FROM user")
        .mapTo(Long.class)
        .one();
  }

  /**
   * Writes a change and its notification, both or neither; of another nickname or face also that
   * others have to know.
   *
   * @param operator who changes it
   */
  UserUpdate update(UserChange change, UserId operator, long nowMillis, Notification notification) {
    return Transactions.run(
        jdbi,
        handle -> {
          User before = locked(handle, change.userId()).orElse(null);
          if (before == null) {
            return UserUpdate.NO_USER;
          }
          User after = change.of(before);
          if (!after.equals(before)) {
            handle.execute(
                "UPDATE user SET nickname = ?, face_url = ?, ex = ?, global_recv_msg_opt = ?"
                    + " WHERE user_id = ?",
                after.nickname(),
                after.faceUrl(),
                after.ex(),
                after.globalRecvMsgOpt(),
                after.userId());
          }
          boolean profile =
              !after.nickname().equals(before.nickname())
                  || !after.faceUrl().equals(before.faceUrl());
          if (profile) {
            ProfileChangeRows.append(handle, after.userId(), operator, nowMillis);
          }
          OutboxRows.append(handle, List.of(notification));
          return profile ? UserUpdate.PROFILE_CHANGED : UserUpdate.WRITTEN;
        });
  }

  private static Optional<User> locked(Handle handle, UserId userId) {
    return handle
        .createQuery("SELECT " + UserRows.COLUMNS + " FROM user WHERE user_id = ? FOR UPDATE")
        .bind(0, userId)
        .map(UserRows.USER)
        .findOne();
  }

  /** Those of these users that exist, in any order. */
  public List<User> find(Collection<UserId> userIds) {
    if (userIds.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT " + UserRows.COLUMNS + " FROM user WHERE user_id IN (<ids>)")
            .bindList("ids", List.copyOf(userIds))
            .map(UserRows.USER)
            .list());
  }

  /** Changes a nickname. */
  public void rename(UserId userId, String nickname) {
    jdbi.useHandle(handle ->
        handle.execute("UPDATE user SET nickname = ? WHERE user_id = ?", nickname, userId));
  }

  /** The receive options of these users for everything, by user; those of 0 are left out. */
  public Map<UserId, Integer> globalReceiveOptions(Collection<UserId> userIds) {
    if (userIds.isEmpty()) {
      return Map.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT user_id, global_recv_msg_opt FROM user WHERE user_id IN (<ids>)"
                    + " AND global_recv_msg_opt <> 0")
            .bindList("ids", List.copyOf(userIds))
            .reduceRows(
                new HashMap<>(),
                (options, row) -> {
                  options.put(
                      row.getColumn("user_id", UserId.class),
                      row.getColumn("global_recv_msg_opt", Integer.class));
                  return options;
                }));
  }
}
