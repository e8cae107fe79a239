package im.hongyan.testkit.stores;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.ParsedParameters;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Explains every statement that stores run, with its own arguments and in its own transaction, and
 * notes those that read a whole table or a whole index. What a statement makes for itself, such as
 * the ids of a page, is no table. Its creator closes it.
 */
public final class QueryPlans implements SqlLogger, AutoCloseable {
  private static final Set<String> WHOLE = Set.of("all", "index");

  /** Of a table with so few rows MySQL rather reads a whole index; MariaDB does not. */
  private static final int FEW_ROWS_OF_MYSQL = 10;

  private final Jdbi jdbi;
  private final List<String> exceptions;
  private final Set<String> explained = new LinkedHashSet<>();
  private final Set<String> offences = new LinkedHashSet<>();
  private final Set<String> excepted = new LinkedHashSet<>();

  private QueryPlans(Jdbi jdbi, List<String> exceptions) {
    this.jdbi = jdbi;
    this.exceptions = exceptions;
  }

  /**
   * Begins to watch.
   *
   * @param exceptions parts of statements that may read everything; a semicolon stands for the end
   */
  public static QueryPlans watch(Jdbi jdbi, List<String> exceptions) {
    QueryPlans plans = new QueryPlans(jdbi, exceptions);
    jdbi.getConfig(SqlStatements.class).setSqlLogger(plans);
    return plans;
  }

  /** Statements that were explained. */
  public Set<String> explained() {
    return explained;
  }

  /** Statements that read a whole table or index without being an exception, and how. */
  public Set<String> offences() {
    return offences;
  }

  /** The exceptions that were met. */
  public Set<String> excepted() {
    return excepted;
  }

  @Override
  public synchronized void logBeforeExecution(StatementContext context) {
    String sql = context.getParsedSql().getSql();
    String verb = sql.stripLeading().split("\\s", 2)[0].toUpperCase(Locale.ROOT);
    if (!Set.of("SELECT", "UPDATE", "DELETE").contains(verb)) {
      return;
    }
    Connection connection = context.getConnection();
    try (PreparedStatement explain =
        connection.prepareStatement("EXPLAIN FORMAT=TRADITIONAL " + sql)) {
      bind(context, explain);
      explained.add(sql);
      List<String> met = exceptions.stream().filter((sql + ";")::contains).toList();
      excepted.addAll(met);
      if (!met.isEmpty()) {
        return;
      }
      try (ResultSet row = explain.executeQuery()) {
        boolean mysql = connection.getMetaData().getDatabaseProductName().equals("MySQL");
        while (row.next()) {
          boolean few = mysql && row.getLong("rows") <= FEW_ROWS_OF_MYSQL;
          if (!few) {
            judge(sql, row);
          }
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  @SuppressWarnings("removal") // Jdbi has no other way yet to read what is bound
  private static void bind(StatementContext context, PreparedStatement explain)
      throws SQLException {
    ParsedParameters parameters = context.getParsedSql().getParameters();
    for (int i = 0; i < parameters.getParameterCount(); i++) {
      Optional<Argument> argument =
          parameters.isPositional()
              ? context.getBinding().findForPosition(i)
              : context.getBinding().findForName(parameters.getParameterNames().get(i), context);
      argument.orElseThrow().apply(i + 1, explain, context);
    }
  }

  private void judge(String sql, ResultSet row) throws SQLException {
    String type = row.getString("type");
    String table = row.getString("table");
    boolean derived = table != null && table.startsWith("<derived");
    if (type != null && !derived && WHOLE.contains(type.toLowerCase(Locale.ROOT))) {
      offences.add(
          "%s of %s by %s (%s), %s: %s"
              .formatted(
                  type,
                  table,
                  row.getString("key"),
                  row.getString("rows"),
                  row.getString("Extra"),
                  sql));
    }
  }

  @Override
  public void close() {
    jdbi.getConfig(SqlStatements.class).setSqlLogger(SqlLogger.NOP_SQL_LOGGER);
  }
}
