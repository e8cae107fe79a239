package im.hongyan.drivers.mysql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/**
 * The relational store: MySQL 8.4 or newer, or MariaDB 10.11 or newer. Safe for use by several
 * threads; its creator closes it.
 */
public final class MySql implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final int SOCKET_TIMEOUT_MILLIS = 30_000;
  private static final int WAIT_FOR_CONNECTION_MILLIS = 5_000;

  /** MySQL's default login needs its key whenever the server's cache of passwords is empty. */
  private static final String KEY_RETRIEVAL = "allowPublicKeyRetrieval";

  private final HikariDataSource pool;
  private final String product;
  private final Schema schema;
  private final Jdbi jdbi;

  private MySql(HikariDataSource pool, MySqlConfig config, String product) {
    this.pool = pool;
    this.product = product;
    schema = new Schema(pool, config);
    jdbi = Jdbi.create(new PooledConnections(pool));
    Ids.register(jdbi);
  }

  /**
   * Connects and brings the tables up to date.
   *
   * @throws ImException 500 with one clear line when the store does not answer
   */
  public static MySql open(MySqlConfig config, MeterRegistry meters) {
    return open(config, meters, Schema::migrate);
  }

  /**
   * Connects and demands that the tables are those of this version.
   *
   * @throws ImException 500 with one clear line when the store does not answer, or has the tables
   *     of an older or a newer version
   */
  public static MySql openCurrent(MySqlConfig config, MeterRegistry meters) {
    return open(config, meters, Schema::requireCurrent);
  }

  /**
   * Connects, whatever the tables are.
   *
   * @throws ImException 500 with one clear line when the store does not answer
   */
  public static MySql openAsIs(MySqlConfig config, MeterRegistry meters) {
    return open(config, meters, schema -> {});
  }

  private static MySql open(
      MySqlConfig config, MeterRegistry meters, Consumer<Schema> preparation) {
    String rest = "//" + config.address() + "/" + config.database();
    String product = probe("jdbc:mariadb:" + rest, config);
    // Flyway chooses its dialect by the URL's scheme; one driver speaks to both products.
    String url =
        product.contains("MariaDB")
            ? "jdbc:mariadb:" + rest
            : "jdbc:mysql:" + rest + "?permitMysqlScheme=true";
    HikariConfig hikari = new HikariConfig();
    hikari.setDriverClassName("org.mariadb.jdbc.Driver");
    hikari.setJdbcUrl(url);
    hikari.setUsername(config.user());
    hikari.setPassword(config.password().reveal());
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(2);
    hikari.setConnectionTimeout(WAIT_FOR_CONNECTION_MILLIS);
    hikari.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    // Affected rows must not count rows that an upsert left as they were.
    hikari.addDataSourceProperty("useAffectedRows", "true");
    hikari.addDataSourceProperty("connectTimeout", CONNECT_TIMEOUT_MILLIS);
    hikari.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT_MILLIS);
    hikari.addDataSourceProperty("useServerPrepStmts", "true");
    hikari.addDataSourceProperty("prepStmtCacheSize", "256");
    hikari.addDataSourceProperty(KEY_RETRIEVAL, "true");
    hikari.setPoolName("mysql");
    hikari.setMetricsTrackerFactory(
        new com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory(meters));
    HikariDataSource pool = new HikariDataSource(hikari);
    MySql mysql = new MySql(pool, config, product);
    boolean prepared = false;
    try {
      preparation.accept(mysql.schema());
      prepared = true;
      return mysql;
    } finally {
      if (!prepared) {
        pool.close();
      }
    }
  }

  private static String probe(String url, MySqlConfig config) {
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("password", config.password().reveal());
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_MILLIS));
    properties.setProperty(KEY_RETRIEVAL, "true");
    try (Connection connection = DriverManager.getConnection(url, properties)) {
      var meta = connection.getMetaData();
      return meta.getDatabaseProductName() + " " + meta.getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new StoreUnavailableException(
          "MySQL at "
              + config.address()
              + " does not answer ("
              + e.getMessage()
              + "); start it, or set mysql.address, mysql.user and mysql.password");
    }
  }

  /** The tables. */
  public Schema schema() {
    return schema;
  }

  /** Name and version of the server, as it says them. */
  public String product() {
    return product;
  }

  /** Access for stores. */
  public Jdbi jdbi() {
    return jdbi;
  }

  /** An id as the VARBINARY columns hold it. */
  public static byte[] id(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** An id out of a VARBINARY column. */
  public static String id(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    pool.close();
  }
}
