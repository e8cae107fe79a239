package im.hongyan.drivers.mysql;

import com.zaxxer.hikari.HikariDataSource;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Hands out the pool's connections to so many callers as can be served soon: where more came than
 * the store keeps up with, a long queue would have all of them wait in vain. Safe for use by
 * several threads.
 */
final class PooledConnections implements ConnectionFactory {
  /** Callers that may wait for each connection of the pool. */
  static final int WAITING_PER_CONNECTION = 16;

  private final HikariDataSource pool;
  private final int mostWaiting;

  PooledConnections(HikariDataSource pool) {
    this.pool = pool;
    mostWaiting = WAITING_PER_CONNECTION * pool.getMaximumPoolSize();
  }

  /**
   * A connection, to be closed soon.
   *
   * @throws StoreUnavailableException 429 when too many wait already, 500 when the store does not
   *     answer in time
   */
  @Override
  public Connection openConnection() throws SQLException {
    if (pool.getHikariPoolMXBean().getThreadsAwaitingConnection() >= mostWaiting) {
      throw new StoreUnavailableException(
          ImError.TOO_MANY_REQUESTS, mostWaiting + " calls wait for MySQL already");
    }
    try {
      return pool.getConnection();
    } catch (SQLTransientConnectionException e) {
      throw new StoreUnavailableException("MySQL does not answer", e);
    }
  }
}
