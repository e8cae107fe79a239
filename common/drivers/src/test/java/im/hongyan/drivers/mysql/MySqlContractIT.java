package im.hongyan.drivers.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.kit.config.Secret;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.net.Link;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that the relational store opens on MySQL and on MariaDB alike, keeps what is decided once,
 * takes ids as their types, and names itself in one line of failure 500 when it does not answer.
 */
@ExtendWith(TestStoresExtension.class)
class MySqlContractIT {
  private static MySqlConfig config;

  @BeforeAll
  static void start(TestStores servers) {
    config = MySqlConfig.from(servers.mysql());
  }

  private static MySql open(MySqlConfig config) {
    return MySql.open(config, new SimpleMeterRegistry());
  }

  private static MySqlConfig at(String address, String password) {
    return new MySqlConfig(address, config.database(), config.user(), new Secret(password), 2);
  }

  private static int migrations(MySql mysql) {
    return mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("SELECT COUNT(*) FROM flyway_schema_history WHERE success")
                .mapTo(Integer.class)
                .one());
  }

  private static String version(MySql mysql) {
    return mysql
        .jdbi()
        .withHandle(handle -> handle.createQuery("SELECT VERSION()").mapTo(String.class).one());
  }

  @Test
  void openingAgainMigratesNothing() {
    int first;
    try (MySql mysql = open(config)) {
      first = migrations(mysql);
    }
    try (MySql mysql = open(config)) {
      assertThat(migrations(mysql)).isEqualTo(first).isEqualTo(1);
    }
  }

  @Test
  void transactionsReadWhatIsCommittedMeanwhile() {
    try (MySql mysql = open(config)) {
      var reading = mysql.jdbi().withHandle(Handle::getTransactionIsolationLevel);
      assertThat(reading.name()).isEqualTo("READ_COMMITTED");
    }
  }

  @Test
  void whoComesAfterTooManyWaitIsRefusedAtOnce() throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    int waiting = 2 * PooledConnections.WAITING_PER_CONNECTION;
    try (MySql mysql = MySql.open(at(config.address(), config.password().reveal()), meters);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> served = new ArrayList<>();
      try (Handle _ = mysql.jdbi().open();
          Handle _ = mysql.jdbi().open()) {
        for (int i = 0; i < waiting; i++) {
          served.add(callers.submit(() -> version(mysql)));
        }
        Eventually.eventually(() ->
            assertThat(meters.get("hikaricp.connections.pending").gauge().value())
                .isEqualTo(waiting));
        assertThatExceptionOfType(ImException.class)
            .isThrownBy(() -> version(mysql))
            .matches(refused -> refused.is(ImError.TOO_MANY_REQUESTS));
      }
      for (Future<String> one : served) {
        assertThat(one.get()).isNotEmpty();
      }
    }
  }

  @Test
  void aServerThatForgotTheLoginGetsItAgain() {
    String password = config.password().reveal();
    try (MySql mysql = open(config)) {
      // Empties the account's entry in MySQL's cache of passwords, as a restart does.
      String same = "'" + password + "'";
      String secret = version(mysql).contains("MariaDB") ? "PASSWORD(" + same + ")" : same;
      mysql.jdbi().useHandle(handle -> handle.execute("SET PASSWORD = " + secret));
      List<Handle> more = new ArrayList<>();
      try {
        for (int i = 0; i < 4; i++) {
          Handle handle = mysql.jdbi().open();
          more.add(handle);
          assertThat(handle.createQuery("SELECT 1").mapTo(Integer.class).one()).isEqualTo(1);
        }
      } finally {
        more.forEach(Handle::close);
      }
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedInOneLine() {
    int port;
    try (Link link = new Link("127.0.0.1", 1)) {
      port = link.port();
    }
    String address = "127.0.0.1:" + port;
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> open(at(address, "x")))
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("MySQL at " + address + " does not answer")
        .withMessageContaining("mysql.address");
  }

  @Test
  void aWrongPasswordIsReportedWithoutThePassword() {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> open(at(config.address(), "wrong-one")))
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("mysql.password")
        .withMessageNotContaining("wrong-one");
  }

  @Test
  void idsAreTypesAndAddedRowsAreCounted() {
    UserId user = new UserId("鸿雁_A");
    GroupId group = new GroupId("");
    ConversationId conversation = ConversationId.single("a", "b");
    List<Object[]> rows = new ArrayList<>();
    for (Object id : List.of(user, group, conversation)) {
      rows.add(new Object[] {id, 1});
    }
    try (MySql mysql = open(config);
        Handle handle = mysql.jdbi().open()) {
      handle.execute("CREATE TEMPORARY TABLE ids (id VARBINARY(64) PRIMARY KEY, number INT)");
      String insert = "INSERT INTO ids (id, number) VALUES";
      String keep = "ON DUPLICATE KEY UPDATE id = VALUES(id)";
      assertThat(Rows.insert(handle, insert, rows.subList(0, 1), keep)).isEqualTo(1);
      assertThat(Rows.insert(handle, insert, rows, keep)).isEqualTo(2);
      assertThat(Rows.insert(handle, insert, rows, keep)).isZero();
      assertThat(Rows.insert(handle, insert, List.of(), keep)).isZero();
      var query = "SELECT id FROM ids WHERE id = ?";
      assertThat(handle.createQuery(query).bind(0, user).mapTo(UserId.class).one()).isEqualTo(user);
      assertThat(handle.createQuery(query).bind(0, group).mapTo(GroupId.class).one())
          .isEqualTo(group);
      assertThat(
              handle
                  .createQuery("SELECT id FROM ids WHERE id IN (<ids>)")
                  .bindList("ids", conversation)
                  .mapTo(ConversationId.class)
                  .list())
          .containsExactly(conversation);
    }
  }
}
