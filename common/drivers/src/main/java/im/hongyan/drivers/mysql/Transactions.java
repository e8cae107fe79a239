package im.hongyan.drivers.mysql;

import java.sql.SQLException;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Transactions that are run again when the server broke a deadlock with them. Stateless. */
public final class Transactions {
  private static final int MOST_TRIES = 4;

  /** What both products report for a transaction that they chose to roll back. */
  private static final String ROLLED_BACK = "40001";

  private Transactions() {}

  public static <T> T run(Jdbi jdbi, Function<Handle, T> body) {
    for (int tries = 1; ; tries++) {
      try {
        return jdbi.inTransaction(body::apply);
      } catch (JdbiException e) {
        if (tries == MOST_TRIES || !rolledBack(e)) {
          throw e;
        }
      }
    }
  }

  private static boolean rolledBack(JdbiException e) {
    return e.getCause() instanceof SQLException sql && ROLLED_BACK.equals(sql.getSQLState());
  }
}
