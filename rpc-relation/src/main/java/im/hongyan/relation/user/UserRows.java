package im.hongyan.relation.user;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.wire.id.UserId;
import org.jdbi.v3.core.mapper.RowMapper;

/** How rows of the table {@code user} are read. Stateless. */
public final class UserRows {
  /** What {@link #USER} reads. */
  public static final String COLUMNS =
      "user_id, nickname, face_url, ex, app_manger_level, global_recv_msg_opt, create_time";

  /** A user, of a statement that reads {@link #COLUMNS} first. */
  public static final RowMapper<User> USER =
      (row, context) ->
          new User(
              new UserId(MySql.id(row.getBytes(1))),
              row.getString(2),
              row.getString(3),
              row.getString(4),
              row.getInt(5),
              row.getInt(6),
              row.getLong(7));

  private UserRows() {}
}
