package im.hongyan.auth.storage;

import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore.Change;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.wire.id.UserId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Tokens in the table {@code token}. The user's row is the lock of the user's tokens: tokens are
 * only issued to users that exist, and users are never deleted.
 */
final class MySqlTokenTable implements TokenTable {
  private static final String COLUMNS =
      "platform_id, token_hash, state, issued_at, expires_at, usable_until";

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  MySqlTokenTable(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public void update(UserId userId, Function<List<TokenRow>, Change> decision) {
    jdbi.useTransaction(handle -> {
      handle
          .createQuery("SELECT user_id FROM user WHERE user_id = ? FOR UPDATE")
          .bind(0, userId)
          .mapTo(byte[].class)
          .findOne();
      List<TokenRow> rows = all(handle, userId);
      Change change = decision.apply(rows);
      change.removed().forEach(row -> remove(handle, userId, row));
      change.changed().forEach(row -> write(handle, userId, row));
    });
  }

  private static void remove(Handle handle, UserId userId, TokenRow row) {
    handle.execute(
        "DELETE FROM token WHERE user_id = ? AND platform_id = ? AND token_hash = ?",
        userId,
        row.platformId(),
        row.hashBytes());
  }

  private static void write(Handle handle, UserId userId, TokenRow row) {
    handle.execute(
        "INSERT INTO token (user_id, "
            + COLUMNS
            + ") VALUES (?, ?, ?, ?, ?, ?, ?)"
            + " ON DUPLICATE KEY UPDATE state = VALUES(state), issued_at = VALUES(issued_at),"
            + " expires_at = VALUES(expires_at), usable_until = VALUES(usable_until)",
        userId,
        row.platformId(),
        row.hashBytes(),
        row.state(),
        row.issuedAtMillis(),
        row.expiresAtMillis(),
        row.usableUntilMillis());
  }

  @Override
  public Optional<TokenRow> find(UserId userId, int platformId, String hash) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT "
                    + COLUMNS
                    + " FROM token WHERE user_id = ? AND platform_id = ? AND token_hash = ?")
            .bind(0, userId)
            .bind(1, platformId)
            .bind(2, HexFormat.of().parseHex(hash))
            .map((row, context) -> read(row))
            .findOne());
  }

  @Override
  public List<TokenRow> all(UserId userId) {
    return jdbi.withHandle(handle -> all(handle, userId));
  }

  private static List<TokenRow> all(Handle handle, UserId userId) {
    return handle
        .createQuery("SELECT " + COLUMNS + " FROM token WHERE user_id = ?")
        .bind(0, userId)
        .map((row, context) -> read(row))
        .list();
  }

  private static TokenRow read(ResultSet row) throws SQLException {
    return new TokenRow(
        row.getInt(1),
        HexFormat.of().formatHex(row.getBytes(2)),
        row.getInt(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6));
  }
}
