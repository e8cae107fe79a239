package im.hongyan.relation.usercommand;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Lists of users in the table {@code user_command}. Safe for use by several threads. */
public final class UserCommandStore {
  static final int MAX_COMMANDS = 1_000;

  /** Of all values and exes of a user, so that one answer can hold them. */
  static final int MAX_BYTES = 2 << 20;

  private static final RowMapper<UserCommand> COMMAND =
      (row, _) ->
          new UserCommand(
              new UserId(MySql.id(row.getBytes("user_id"))),
              row.getInt("type"),
              MySql.id(row.getBytes("uuid")),
              row.getString("value"),
              row.getString("ex"),
              row.getLong("create_time"));

  private static final String SELECT =
      "SELECT user_id, type, uuid, value, ex, create_time FROM user_command WHERE user_id = ?";

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public UserCommandStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Adds an entry, also beside one with the same key.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the user has too many, or too large ones
   */
  public void add(UserCommand command) {
    Transactions.run(
        jdbi,
        handle -> {
          handle.execute(
              "INSERT INTO user_command (user_id, type, uuid, value, ex, create_time)"
                  + " VALUES (?, ?, ?, ?, ?, ?)",
              command.userId(),
              command.type(),
              MySql.id(command.uuid()),
              command.value(),
              command.ex(),
              command.createTimeSeconds());
          requireBounds(handle, command.userId());
          return command;
        });
  }

  /** Those who add at once may go beyond by as many as they are. */
  private static void requireBounds(Handle handle, UserId userId) {
    List<Long> sizes =
        handle
            .createQuery(
                "SELECT OCTET_LENGTH(value) + OCTET_LENGTH(ex) FROM user_command"
                    + " WHERE user_id = ?")
            .bind(0, userId)
            .mapTo(Long.class)
            .list();
    if (sizes.size() > MAX_COMMANDS) {
      throw ImError.ARGS.with("more than " + MAX_COMMANDS + " commands");
    }
    if (sizes.stream().mapToLong(Long::longValue).sum() > MAX_BYTES) {
      throw ImError.ARGS.with("commands are larger than " + MAX_BYTES + " bytes");
    }
  }

  /** Removes the oldest entry of a key; false where there is none. */
  public boolean remove(UserId userId, int type, String uuid) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<Long> oldest = oldest(handle, userId, type, uuid);
          oldest.ifPresent(
              id -> handle.execute("DELETE FROM user_command WHERE command_id = ?", id));
          return oldest.isPresent();
        });
  }

  /**
   * Writes what is given to the oldest entry of a key; false where there is none.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the user's entries become too large
   */
  public boolean update(
      UserId userId, int type, String uuid, @Nullable String value, @Nullable String ex) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<Long> oldest = oldest(handle, userId, type, uuid);
          oldest.ifPresent(id -> {
            handle
                .createUpdate(
                    "UPDATE user_command SET value = COALESCE(:value, value),"
                        + " ex = COALESCE(:ex, ex) WHERE command_id = :id")
                .bind("value", value)
                .bind("ex", ex)
                .bind("id", id)
                .execute();
            requireBounds(handle, userId);
          });
          return oldest.isPresent();
        });
  }

  private static Optional<Long> oldest(Handle handle, UserId userId, int type, String uuid) {
    return handle
        .createQuery(
            "SELECT command_id FROM user_command WHERE user_id = ? AND type = ? AND uuid = ?"
                + " ORDER BY command_id LIMIT 1 FOR UPDATE")
        .bind(0, userId)
        .bind(1, type)
        .bind(2, MySql.id(uuid))
        .mapTo(Long.class)
        .findOne();
  }

  /** All entries of a list, oldest first. */
  public List<UserCommand> list(UserId userId, int type) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(SELECT + " AND type = ? ORDER BY command_id")
            .bind(0, userId)
            .bind(1, type)
            .map(COMMAND)
            .list());
  }

  /** The entries of all lists, oldest first. */
  public List<UserCommand> list(UserId userId) {
    return jdbi.withHandle(handle ->
        handle.createQuery(SELECT + " ORDER BY command_id").bind(0, userId).map(COMMAND).list());
  }
}
