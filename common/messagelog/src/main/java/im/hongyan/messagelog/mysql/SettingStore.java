package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import org.jdbi.v3.core.Jdbi;

/** What is decided once per deployment and never changes silently, such as the lane count. */
public final class SettingStore {
  private final Jdbi jdbi;

  /** Uses the pool; its owner closes it. */
  public SettingStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** The value that was set first; sets it where there is none. */
  public String decide(String name, String value) {
    return jdbi.inTransaction(handle -> {
      handle.execute(
          "INSERT INTO setting (name, value) VALUES (?, ?)"
              + " ON DUPLICATE KEY UPDATE name = VALUES(name)",
          MySql.id(name),
          MySql.id(value));
      return MySql.id(
          handle
              .createQuery("SELECT value FROM setting WHERE name = ?")
              .bind(0, MySql.id(name))
              .mapTo(byte[].class)
              .one());
    });
  }
}
