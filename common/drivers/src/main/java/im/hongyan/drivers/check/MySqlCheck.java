package im.hongyan.drivers.check;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.drivers.mysql.Schema;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** Whether the relational store can be used. Stateless; blocks. */
public final class MySqlCheck {
  private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);

  private MySqlCheck() {}

  /** What there is to say; makes a table and drops it, to see its user's rights. */
  public static List<Finding> check(MySqlConfig config) {
    String place = "MySQL at " + config.address();
    List<Finding> findings = new ArrayList<>();
    try (MySql mysql = MySql.openAsIs(config, new SimpleMeterRegistry())) {
      String product = mysql.product();
      boolean mariaDb = product.contains("MariaDB");
      Finding.requireVersion(findings, place, product, mariaDb ? 10 : 8, mariaDb ? 11 : 4);
      mysql
          .jdbi()
          .useHandle(handle -> {
            checkClock(findings, place, handle);
            checkRights(findings, place, handle, config);
          });
      Schema.State state = mysql.schema().state();
      if (!state.unknown().isEmpty()) {
        findings.add(Finding.ofLine(place, mysql.schema().tooNew(state)));
      } else if (!state.missing().isEmpty()) {
        findings.add(Finding.ofLine(place, mysql.schema().tooOld(state)));
      }
      if (findings.isEmpty()) {
        findings.add(Finding.well(place, product + ", rights, clock and tables are well"));
      }
    } catch (ImException e) {
      findings.add(Finding.unusable(place, e));
    } catch (JdbiException e) {
      findings.add(new Finding(place, "fails: " + firstLine(e), "see its log"));
    }
    return findings;
  }

  private static void checkClock(List<Finding> findings, String place, Handle handle) {
    Instant before = Instant.now();
    BigDecimal theirs =
        handle.createQuery("SELECT UNIX_TIMESTAMP(NOW(6))").mapTo(BigDecimal.class).one();
    Instant after = Instant.now();
    Finding.requireClock(
        findings, place, before, Instant.ofEpochMilli(theirs.multiply(MILLIS).longValue()), after);
  }

  private static void checkRights(
      List<Finding> findings, String place, Handle handle, MySqlConfig config) {
    String table = "doctor_" + UUID.randomUUID().toString().substring(0, 8);
    String denied = denied(handle, "CREATE TABLE " + table + " (id BIGINT PRIMARY KEY)");
    if (denied.isEmpty()) {
      for (String sql :
          List.of(
              "INSERT INTO " + table + " VALUES (1)",
              "UPDATE " + table + " SET id = 2",
              "SELECT id FROM " + table,
              "DELETE FROM " + table,
              "ALTER TABLE " + table + " ADD COLUMN more BIGINT",
              "CREATE INDEX more ON " + table + " (more)")) {
        denied = denied.isEmpty() ? denied(handle, sql) : denied;
      }
      String drop = denied(handle, "DROP TABLE " + table);
      denied = denied.isEmpty() ? drop : denied;
    }
    if (!denied.isEmpty()) {
      findings.add(
          new Finding(
              place,
              denied,
              String.format(
                  Locale.ROOT, "GRANT ALL ON %s.* TO '%s'", config.database(), config.user())));
    }
  }

  private static String denied(Handle handle, String sql) {
    try {
      handle.execute(sql);
      return "";
    } catch (JdbiException e) {
      return "user may not "
          + sql.replaceFirst("^(\\w+ ?(?:TABLE|INDEX|INTO|FROM)?).*", "$1").strip()
          + " ("
          + firstLine(e)
          + ")";
    }
  }

  private static String firstLine(Exception failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }
}
