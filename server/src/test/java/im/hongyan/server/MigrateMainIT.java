package im.hongyan.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.drivers.mysql.Schema;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what {@code ./hongyan migrate} does and what a service demands: tables and topics of its
 * own version, neither older nor newer, with the command that helps in the refusal.
 */
@ExtendWith(TestStoresExtension.class)
class MigrateMainIT {
  private static final DataFolder DATA = DataFolder.ephemeral();
  private static final Lifecycle SERVER = new Lifecycle();
  private static Map<String, String> mysql = Map.of();

  private final Map<String, String> environment = new HashMap<>();
  private MySqlConfig fresh;
  private KafkaConfig kafka;

  /** Of its own, since others have migrated the one that tests share. */
  @BeforeAll
  static void startAServer() {
    mysql = EmbeddedStores.start(EnumSet.of(EmbeddedStores.Kind.MYSQL), DATA, SERVER);
  }

  @AfterAll
  static void stopIt() throws IOException {
    SERVER.close();
    DATA.close();
  }

  @BeforeEach
  void emptyTheDatabase(TestStores servers) {
    fresh = MySqlConfig.from(Settings.load(Path.of("none"), Map.of(), mysql));
    kafka = KafkaConfig.from(servers.kafka());
    mysql.forEach((key, value) -> environment.put(Settings.variable(key), value));
    for (String key : servers.kafka().keys()) {
      environment.put(Settings.variable(key), servers.kafka().effective(key));
    }
    try (MySql server = MySql.openAsIs(fresh, new SimpleMeterRegistry())) {
      server
          .jdbi()
          .useHandle(handle -> {
            handle.execute("SET FOREIGN_KEY_CHECKS = 0");
            handle
                .createQuery(
                    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
                .mapTo(String.class)
                .list()
                .forEach(table -> handle.execute("DROP TABLE `" + table + "`"));
          });
    }
  }

  private void onServer(String sql) {
    try (MySql server = MySql.openAsIs(fresh, new SimpleMeterRegistry())) {
      server.jdbi().useHandle(handle -> handle.execute(sql));
    }
  }

  private record Said(int status, String text) {}

  private Said migrate() {
    StringWriter text = new StringWriter();
    String[] none = {};
    int status = MigrateMain.execute(none, new PrintWriter(text, true), environment);
    return new Said(status, text.toString());
  }

  private MySql openCurrent() {
    return MySql.openCurrent(fresh, new SimpleMeterRegistry());
  }

  private Schema.State state() {
    try (MySql mysql = MySql.openAsIs(fresh, new SimpleMeterRegistry())) {
      return mysql.schema().state();
    }
  }

  @Test
  void aServiceRefusesOlderTablesUntilTheyAreMigrated() {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(this::openCurrent)
        .withMessageContainingAll("of an older version", "V001", "run ./hongyan migrate");
    Said said = migrate();
    assertThat(said.status()).as(said.text()).isZero();
    assertThat(said.text()).containsPattern("tables: \\d+ migrations made");
    openCurrent().close();
    Topics.require(kafka);
    assertThat(migrate()).isEqualTo(new Said(0, "tables: nothing to do\ntopics: nothing to do\n"));

    onServer("DELETE FROM flyway_schema_history ORDER BY installed_rank DESC LIMIT 1");
    assertThat(state().missing()).hasSize(1);
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(this::openCurrent)
        .withMessageContainingAll("1 migrations from V", "run ./hongyan migrate");
  }

  @Test
  void twoAtOnceTakeTurnsAndEachMigrationIsMadeOnce() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Callable<Said> command = this::migrate;
      List<Future<Said>> both = threads.invokeAll(List.of(command, command));
      assertThat(both).allSatisfy(each -> assertThat(each.get().status()).isZero());
      assertThat(both)
          .satisfiesExactlyInAnyOrder(
              first -> assertThat(first.get().text()).contains("migrations made"),
              second -> assertThat(second.get().text()).contains("tables: nothing to do"));
    }
    assertThat(state().isCurrent()).isTrue();
  }

  @Test
  void newerTablesAreRefusedByAServiceAndByMigrate() {
    assertThat(migrate().status()).isZero();
    onServer(
        "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,"
            + " checksum, installed_by, execution_time, success) VALUES (9999, '9999', 'newer',"
            + " 'SQL', 'V9999__newer.sql', 1, 'test', 1, 1)");
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(this::openCurrent)
        .withMessageContainingAll("of a newer version (V9999)", "start that version");
    Said said = migrate();
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.text()).hasLineCount(1).contains("of a newer version (V9999)");
  }

  @Test
  void whatDoesNotAnswerIsOneLineAndStatusOne() {
    environment.put("HONGYAN_MYSQL_ADDRESS", "127.0.0.1:1");
    Said said = migrate();
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.text()).hasLineCount(1).contains("MySQL at 127.0.0.1:1 does not answer");
    environment.put("HONGYAN_MYSQL_ADDRES", "x");
    assertThat(migrate().text()).hasLineCount(1).contains("did you mean HONGYAN_MYSQL_ADDRESS?");
  }
}
