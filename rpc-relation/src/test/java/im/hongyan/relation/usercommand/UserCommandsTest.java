package im.hongyan.relation.usercommand;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves the rules of users' lists through gRPC. */
@ExtendWith(TestStoresExtension.class)
class UserCommandsTest {
  private static final String KEY = "\"userID\":\"alice\",\"type\":1,\"uuid\":\"u\"";

  @AutoClose private static RelationDatabase database;

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer()
          .serve(
              new UserCommands(
                  new UserCommandStore(mysql()), InstantSource.fixed(Instant.ofEpochMilli(5_999))));

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private String add(String more) {
    return server.rest("alice", userGrpc.getProcessUserCommandAddMethod(), "{" + KEY + more + "}");
  }

  private String all() {
    return server.rest(
        "alice", userGrpc.getProcessUserCommandGetAllMethod(), "{\"userID\":\"alice\"}");
  }

  private static String command(int type, String uuid, String value, String ex) {
    return "{\"type\":%d,\"createTime\":5,\"uuid\":\"%s\",\"value\":\"%s\",\"ex\":\"%s\"}"
        .formatted(type, uuid, value, ex);
  }

  private static String commands(String... commands) {
    return "{\"CommandResp\":[" + String.join(",", commands) + "]}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve   | {}                                          | 1001 userID is empty
          eve   | {"userID":"alice"}                          | 1001 type is not specified
          eve   | {"userID":"alice","type":1}                 | 1001 UUID is empty
          eve   | {"userID":"alice","type":1,"uuid":"u"}      | 1002 ownerUserID, alice=MISSING
          alice | {"userID":"alice","type":"1","uuid":"u"}    | 1001
          """)
  void badRequestsOfThoseThatChange(String caller, String body, String refusal) {
    assertThat(server.rest(caller, userGrpc.getProcessUserCommandAddMethod(), body))
        .isEqualTo(refusal);
    assertThat(server.rest(caller, userGrpc.getProcessUserCommandDeleteMethod(), body))
        .isEqualTo(refusal);
    assertThat(server.rest(caller, userGrpc.getProcessUserCommandUpdateMethod(), body))
        .isEqualTo(refusal);
  }

  @Test
  void badRequestsOfThoseThatRead() {
    var get = userGrpc.getProcessUserCommandGetMethod();
    var getAll = userGrpc.getProcessUserCommandGetAllMethod();
    assertThat(server.rest("eve", get, "{}")).isEqualTo("1001 userID is empty");
    assertThat(server.rest("eve", getAll, "{}")).isEqualTo("1001 userID is empty");
    String alice = "{\"userID\":\"alice\"}";
    assertThat(server.rest("eve", get, alice)).isEqualTo("1001 type is not specified");
    assertThat(server.rest("eve", getAll, alice)).isEqualTo("1002 ownerUserID, alice=MISSING");
    assertThat(server.rest("eve", get, "{\"userID\":\"alice\",\"type\":1}"))
        .isEqualTo("1002 ownerUserID, alice=MISSING");
  }

  @Test
  void whatIsTooLongIsRefused() {
    String longId = "{\"userID\":\"%s\",\"type\":1,\"uuid\":\"u\"}".formatted("a".repeat(65));
    assertThat(server.rest(ADMIN, userGrpc.getProcessUserCommandAddMethod(), longId))
        .isEqualTo("1001 userID is longer than 64 bytes");
    String key = "{\"userID\":\"alice\",\"type\":1,\"uuid\":\"%s\"}".formatted("u".repeat(256));
    assertThat(server.rest("alice", userGrpc.getProcessUserCommandAddMethod(), key))
        .isEqualTo("1001 uuid is longer than 255 bytes");
    for (String field : List.of("value", "ex")) {
      String large = ",\"" + field + "\":\"" + "v".repeat(16_385) + "\"";
      assertThat(add(large)).isEqualTo("1001 " + field + " is longer than 16384 bytes");
      assertThat(
              server.rest(
                  "alice", userGrpc.getProcessUserCommandUpdateMethod(), "{" + KEY + large + "}"))
          .isEqualTo("1001 " + field + " is longer than 16384 bytes");
    }
    assertThat(all()).isEqualTo("{\"CommandResp\":null}");
  }

  @Test
  void valueAndExAreBothStoredAndAKeyMayComeTwice() {
    assertThat(add(",\"value\":\"v\",\"ex\":\"e\"")).isEqualTo("{}");
    assertThat(add(",\"value\":null")).isEqualTo("{}");
    server.rest(
        ADMIN,
        userGrpc.getProcessUserCommandAddMethod(),
        "{\"userID\":\"alice\",\"type\":-2,\"uuid\":\"U\",\"ex\":\"鸿\"}");
    assertThat(all())
        .isEqualTo(
            commands(
                command(1, "u", "v", "e"), command(1, "u", "", ""), command(-2, "U", "", "鸿")));
    var get = userGrpc.getProcessUserCommandGetMethod();
    assertThat(server.rest("alice", get, "{\"userID\":\"alice\",\"type\":-2}"))
        .isEqualTo(commands(command(-2, "U", "", "鸿")));
    assertThat(server.rest("alice", get, "{\"userID\":\"alice\",\"type\":3}"))
        .isEqualTo("{\"CommandResp\":null}");
    assertThat(database.notificationCount()).isZero();
  }

  @Test
  void aDeletionTakesOneRow() {
    var delete = userGrpc.getProcessUserCommandDeleteMethod();
    add(",\"value\":\"first\"");
    add(",\"value\":\"second\"");
    assertThat(server.rest("alice", delete, "{" + KEY.replace("\"u\"", "\"U\"") + "}"))
        .isEqualTo("1004");
    assertThat(server.rest("alice", delete, "{" + KEY + "}")).isEqualTo("{}");
    assertThat(all()).isEqualTo(commands(command(1, "u", "second", "")));
    assertThat(server.rest("alice", delete, "{" + KEY + "}")).isEqualTo("{}");
    assertThat(server.rest("alice", delete, "{" + KEY + "}")).isEqualTo("1004");
  }

  @Test
  void anUpdateWritesWhatIsGivenToOneRow() {
    var update = userGrpc.getProcessUserCommandUpdateMethod();
    assertThat(server.rest("alice", update, "{" + KEY + "}")).isEqualTo("{}");
    assertThat(server.rest("alice", update, "{" + KEY + ",\"ex\":\"\"}")).isEqualTo("1004");
    add(",\"value\":\"v\",\"ex\":\"e\"");
    add(",\"value\":\"v\",\"ex\":\"e\"");
    assertThat(server.rest("alice", update, "{" + KEY + ",\"ex\":\"\"}")).isEqualTo("{}");
    assertThat(server.rest("alice", update, "{" + KEY + ",\"ex\":\"\"}"))
        .as("the same once more")
        .isEqualTo("{}");
    assertThat(all()).isEqualTo(commands(command(1, "u", "v", ""), command(1, "u", "v", "e")));
    server.rest("alice", update, "{" + KEY + ",\"value\":\"w\",\"ex\":\"x\"}");
    assertThat(all()).isEqualTo(commands(command(1, "u", "w", "x"), command(1, "u", "v", "e")));
  }

  @Test
  void whatOneUserMayStoreIsBounded() {
    for (int i = 0; i < UserCommandStore.MAX_COMMANDS; i++) {
      database.execute(
          "INSERT INTO user_command (user_id, type, uuid, value, ex, create_time)"
              + " VALUES ('alice', 1, 'u', '', '', 5)");
    }
    assertThat(add("")).isEqualTo("1001 more than 1000 commands");
    database.execute("DELETE FROM user_command LIMIT 2");
    assertThat(add("")).isEqualTo("{}");
    database.execute("UPDATE user_command SET value = REPEAT('v', 2100)");
    assertThat(add("")).isEqualTo("1001 commands are larger than 2097152 bytes");
    assertThat(
            server.rest(
                "alice",
                userGrpc.getProcessUserCommandUpdateMethod(),
                "{" + KEY + ",\"value\":\"" + "v".repeat(2_101) + "\"}"))
        .isEqualTo("1001 commands are larger than 2097152 bytes");
  }

  @Test
  void fiftyWhoDeleteOneRowFindItOnce() throws Exception {
    add("");
    Callable<String> deletion =
        () -> server.rest("alice", userGrpc.getProcessUserCommandDeleteMethod(), "{" + KEY + "}");
    int deleted = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(Collections.nCopies(50, deletion))) {
        assertThat(answer.get()).isIn("{}", "1004");
        deleted += answer.get().equals("{}") ? 1 : 0;
      }
    }
    assertThat(deleted).isEqualTo(1);
  }
}
