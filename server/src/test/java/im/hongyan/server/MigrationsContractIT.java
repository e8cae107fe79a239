package im.hongyan.server;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves the rule of columns (docs/architecture.md 4): ids and bodies are bytes, and a text names
 * its collation itself, since the servers' defaults differ and merge {@code A} and {@code a}.
 */
@ExtendWith(TestStoresExtension.class)
class MigrationsContractIT {
  private static final Set<String> BYTES_AND_NUMBERS =
      Set.of("varbinary", "blob", "mediumblob", "longblob", "tinyint", "smallint", "int", "bigint");
  private static final Set<String> TEXTS = Set.of("varchar", "text", "mediumtext");
  private static final Pattern TABLE =
      Pattern.compile("\\b(?:CREATE|ALTER) TABLE (\\w+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern EXPLICIT =
      Pattern.compile(
          "(\\w+) \\w*(?:CHAR|TEXT)\\b(?:\\(\\d+\\))? CHARACTER SET utf8mb4 COLLATE utf8mb4_\\w+",
          Pattern.CASE_INSENSITIVE);

  private static MySql mysql;

  private record Column(String table, String name, String type) {
    String key() {
      return (table + "." + name).toLowerCase(Locale.ROOT);
    }
  }

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
  }

  @AfterAll
  static void close() {
    if (mysql != null) {
      mysql.close();
    }
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path module : modules()) {
      Path owned = module.resolve("src/main/resources/db");
      if (Files.isDirectory(owned)) {
        try (Stream<Path> all = Files.walk(owned)) {
          all.filter(Files::isRegularFile).forEach(files::add);
        }
      }
    }
    files.sort(Comparator.comparing(Path::getFileName));
    return files;
  }

  /** The modules of the project, in its folder and one below. */
  private static List<Path> modules() throws IOException {
    Path project = Path.of("..").toRealPath();
    try (Stream<Path> all = Files.walk(project, 2)) {
      return all.filter(folder -> Files.exists(folder.resolve("pom.xml"))).toList();
    }
  }

  /** Columns whose text names character set and collation in the migration that makes them. */
  private static Set<String> explicit() throws IOException {
    Set<String> columns = new HashSet<>();
    for (Path file : files()) {
      String sql = Files.readString(file);
      Matcher table = TABLE.matcher(sql);
      if (table.find()) {
        EXPLICIT
            .matcher(sql)
            .results()
            .forEach(column ->
                columns.add((table.group(1) + "." + column.group(1)).toLowerCase(Locale.ROOT)));
      }
    }
    return columns;
  }

  private static List<Column> columns() {
    return mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery(
                    "SELECT table_name, column_name, data_type FROM information_schema.columns"
                        + " WHERE table_schema = DATABASE()"
                        + " AND table_name <> 'flyway_schema_history'")
                .map((row, context) ->
                    new Column(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3).toLowerCase(Locale.ROOT)))
                .list());
  }

  private static List<String> offences() throws IOException {
    Set<String> explicit = explicit();
    return columns().stream()
        .filter(column -> !BYTES_AND_NUMBERS.contains(column.type()))
        .filter(column -> !(TEXTS.contains(column.type()) && explicit.contains(column.key())))
        .map(column -> column.key() + " " + column.type())
        .toList();
  }

  @Test
  void everyColumnIsBytesANumberOrATextWithItsCollation() throws IOException {
    assertThat(columns()).hasSizeGreaterThan(40);
    assertThat(offences()).isEmpty();
  }

  @Test
  void theRuleFindsATextThatTakesTheDefaultCollation() throws IOException {
    mysql
        .jdbi()
        .useHandle(handle -> {
          handle.execute(
              "CREATE TABLE rule_probe (id VARCHAR(8), at DATETIME, user_id VARBINARY(8))");
        });
    try {
      assertThat(offences())
          .containsExactlyInAnyOrder("rule_probe.id varchar", "rule_probe.at datetime");
    } finally {
      mysql.jdbi().useHandle(handle -> handle.execute("DROP TABLE rule_probe"));
    }
  }

  /** MySQL's DDL commits each statement: a file that fails half-way could not be run again. */
  @Test
  void everyFileIsOneStatement() throws IOException {
    for (Path file : files()) {
      String sql = Files.readString(file).strip();
      assertThat(sql).as(file.toString()).endsWith(";");
      assertThat(sql.indexOf(';')).as(file.toString()).isEqualTo(sql.length() - 1);
    }
  }

  /** Owners number their files in one row, since one schema history has them all. */
  @Test
  void noTwoFilesHaveOneNumber() throws IOException {
    List<String> numbers =
        files().stream()
            .map(file -> file.getFileName().toString().replaceFirst("__.*", ""))
            .toList();
    assertThat(numbers).hasSizeGreaterThan(20).doesNotHaveDuplicates();
  }
}
