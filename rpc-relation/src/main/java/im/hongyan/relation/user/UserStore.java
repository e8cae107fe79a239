package im.hongyan.relation.user;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.owner.OwnerRows;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Users in the table {@code user}. Safe for use by several threads. */
public final class UserStore {
  private static final RowMapper<User> USER = ConstructorMapper.of(User.class);

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public UserStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Adds all of them, or none when one is there already.
   *
   * @return whether they were added
   * @throws im.hongyan.wire.error.ImException 1001 when the notifications of one belong to others
   */
  public boolean addAll(List<User> users) {
    List<Object[]> rows =
        users.stream()
            .sorted(Comparator.comparing(user -> user.userId().value(), Utf8Order.INSTANCE))
            .map(UserStore::row)
            .toList();
    return Transactions.run(
        jdbi,
        handle -> {
          int added =
              Rows.insert(
                  handle,
                  "INSERT INTO user (user_id, nickname, face_url, ex, app_manger_level,"
                      + " global_recv_msg_opt, create_time) VALUES",
                  rows,
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

  private static Object[] row(User user) {
    return new Object[] {
      user.userId(),
      user.nickname(),
      user.faceUrl(),
      user.ex(),
      user.appMangerLevel(),
      user.globalRecvMsgOpt(),
      user.createTimeMillis()
    };
  }

  /** Those of these users that exist, in any order. */
  public List<User> find(Collection<UserId> userIds) {
    if (userIds.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT user_id, nickname, face_url, ex, app_manger_level, global_recv_msg_opt,"
                    + " create_time AS create_time_millis FROM user WHERE user_id IN (<ids>)")
            .bindList("ids", List.copyOf(userIds))
            .map(USER)
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
