package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserStore;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Users in the table {@code user}. */
public final class MySqlUserStore implements UserStore {
  private static final String COLUMNS =
      "user_id, nickname, face_url, ex, app_manger_level, global_recv_msg_opt, create_time";

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MySqlUserStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public boolean addAll(List<User> users) {
    return jdbi.inTransaction(handle -> {
      for (User user : users.stream().sorted(Comparator.comparing(User::userId)).toList()) {
        if (!add(handle, user)) {
          handle.rollback();
          return false;
        }
      }
      return true;
    });
  }

  /** An insert that meets an existing row changes it to itself: no row counts as affected. */
  private static boolean add(Handle handle, User user) {
    return handle.execute(
            "INSERT INTO user ("
                + COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE user_id = user_id",
            MySql.id(user.userId()),
            user.nickname(),
            user.faceUrl(),
            user.ex(),
            user.appMangerLevel(),
            user.globalRecvMsgOpt(),
            user.createTimeMillis())
        == 1;
  }

  @Override
  public List<User> find(Collection<String> userIds) {
    if (userIds.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT " + COLUMNS + " FROM user WHERE user_id IN (<ids>)")
            .bindList("ids", userIds.stream().map(MySql::id).toList())
            .map((row, context) ->
                new User(
                    MySql.id(row.getBytes(1)),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getInt(5),
                    row.getInt(6),
                    row.getLong(7)))
            .list());
  }

  @Override
  public void rename(String userId, String nickname) {
    jdbi.useHandle(handle ->
        handle.execute(
            "UPDATE user SET nickname = ? WHERE user_id = ?", nickname, MySql.id(userId)));
  }

  @Override
  public Map<String, Integer> globalRecvMsgOpts(Collection<String> userIds) {
    return RecvMsgOpts.of(
        jdbi,
        "SELECT user_id, global_recv_msg_opt FROM user WHERE user_id IN (<ids>)"
            + " AND global_recv_msg_opt <> 0",
        "",
        userIds);
  }
}
