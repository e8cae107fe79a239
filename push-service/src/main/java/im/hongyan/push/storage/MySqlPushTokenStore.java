package im.hongyan.push.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.push.token.PushTokenStore;
import org.jdbi.v3.core.Jdbi;

/** Push tokens in the table {@code push_token}. */
public final class MySqlPushTokenStore implements PushTokenStore {
  private final Jdbi jdbi;

  /** Uses the pool; its owner closes it. */
  public MySqlPushTokenStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public void delete(String userId, int platformId) {
    jdbi.useHandle(handle ->
        handle.execute(
            "DELETE FROM push_token WHERE user_id = ? AND platform_id = ?",
            MySql.id(userId),
            platformId));
  }
}
