package im.hongyan.drivers.mysql;

import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;

/**
 * Where the relational store is.
 *
 * @param address host:port
 * @param poolSize connections at most; once threads are free this is the limit of the store
 */
public record MySqlConfig(
    String address, String database, String user, Secret password, int poolSize) {
  /** Reads section {@code mysql}. */
  public static MySqlConfig from(Settings settings) {
    return new MySqlConfig(
        settings.text("mysql.address", "localhost:3306"),
        settings.text("mysql.database", "hongyan"),
        settings.text("mysql.user", "hongyan"),
        settings.secret("mysql.password", "openIM123"),
        settings.number("mysql.poolSize", 16, 2, 1000));
  }
}
