package im.hongyan.drivers.mysql;

import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * The tables of a database: how far they are, and bringing them up to date. Migrations lie beside
 * the code of their owners, in one numbering. Safe for use by several threads.
 */
public final class Schema {
  private static final String LOCK = "hongyan.migrate";
  private static final long LOOK_AGAIN_MILLIS = 200;

  private final DataSource pool;
  private final MySqlConfig config;

  Schema(DataSource pool, MySqlConfig config) {
    this.pool = pool;
    this.config = config;
  }

  /**
   * How far the tables are.
   *
   * @param missing migrations of this version that were not made, in their order
   * @param unknown migrations that were made and that this version does not have
   */
  public record State(List<String> missing, List<String> unknown) {
    /** Copies the lists. */
    public State {
      missing = List.copyOf(missing);
      unknown = List.copyOf(unknown);
    }

    /** Whether they are those of this version. */
    public boolean isCurrent() {
      return missing.isEmpty() && unknown.isEmpty();
    }
  }

  private Flyway flyway() {
    return Flyway.configure()
        .dataSource(pool)
        .locations("classpath:db")
        // Each owner's tables lie beside its code: a process brings those that it has, in one
        // numbering.
        .outOfOrder(true)
        .ignoreMigrationPatterns("*:missing", "*:future")
        .loggers("slf4j")
        .load();
  }

  /**
   * Brings the tables up to date; those of a newer version stay as they are.
   *
   * @return how many migrations were made
   * @throws ImException 500 with one clear line when one cannot be made
   */
  public int migrate() {
    try {
      return flyway().migrate().migrationsExecuted;
    } catch (FlywayException e) {
      throw new StoreUnavailableException(
          "the tables at " + config.address() + " cannot be brought up to date", e);
    }
  }

  /**
   * How far the tables are.
   *
   * @throws ImException 500 when the store does not answer
   */
  public State state() {
    try {
      List<String> missing = new ArrayList<>();
      List<String> unknown = new ArrayList<>();
      for (MigrationInfo one : flyway().info().all()) {
        String name = "V" + one.getVersion();
        if (!one.getState().isApplied() || one.getState().isFailed()) {
          missing.add(name);
        } else if (!one.getState().isResolved()) {
          unknown.add(name);
        }
      }
      return new State(missing, unknown);
    } catch (FlywayException e) {
      throw new StoreUnavailableException(
          "the tables at " + config.address() + " cannot be looked at", e);
    }
  }

  /**
   * Demands the tables of this version.
   *
   * @throws ImException 500 with one clear line when they are of an older or a newer one
   */
  public void requireCurrent() {
    State state = state();
    if (!state.unknown().isEmpty()) {
      throw new StoreUnavailableException(tooNew(state));
    }
    if (!state.missing().isEmpty()) {
      throw new StoreUnavailableException(tooOld(state));
    }
  }

  /** One line on tables that are of a newer version. */
  public String tooNew(State state) {
    return "the tables at "
        + config.address()
        + " are of a newer version ("
        + state.unknown().getLast()
        + "); start that version, or restore what was backed up before its ./hongyan migrate";
  }

  /** One line on tables that are of an older version. */
  public String tooOld(State state) {
    return "the tables at "
        + config.address()
        + " are of an older version ("
        + state.missing().size()
        + " migrations from "
        + state.missing().getFirst()
        + " on are missing); run ./hongyan migrate";
  }

  /**
   * Does something that one process of an installation does at a time; waits for the others. The
   * lock is the server's and ends with this process's connection.
   *
   * @throws ImException 500 when the others did not end in time, or the store does not answer
   */
  public <T> T alone(Duration timeout, Supplier<T> work) {
    // A connection of its own, which holds the lock whatever the work does with others.
    try (Connection connection = pool.getConnection();
        PreparedStatement take = connection.prepareStatement("SELECT GET_LOCK(?, 0)");
        PreparedStatement giveBack = connection.prepareStatement("SELECT RELEASE_LOCK(?)")) {
      String name = lockName();
      long deadline = System.nanoTime() + timeout.toNanos();
      while (!isTaken(take, name)) {
        if (System.nanoTime() > deadline) {
          throw new StoreUnavailableException(
              "another ./hongyan migrate has been at work for "
                  + timeout.toMinutes()
                  + " min; end it, or try again later");
        }
        Thread.sleep(LOOK_AGAIN_MILLIS);
      }
      try {
        return work.get();
      } finally {
        giveBack.setString(1, name);
        giveBack.executeQuery().close();
      }
    } catch (SQLException e) {
      throw new StoreUnavailableException(
          "MySQL at " + config.address() + " does not answer (" + e.getMessage() + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    }
  }

  /** One for each database; names of locks have at most 64 characters. */
  private String lockName() {
    String name = LOCK + "." + config.database();
    return name.substring(0, Math.min(name.length(), 64));
  }

  private static boolean isTaken(PreparedStatement take, String name) throws SQLException {
    take.setString(1, name);
    try (ResultSet taken = take.executeQuery()) {
      return taken.next() && taken.getInt(1) == 1;
    }
  }
}
