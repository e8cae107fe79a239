package im.hongyan.relation.clientconfig;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves the rules of clients' settings through gRPC. */
@ExtendWith(TestStoresExtension.class)
class ClientConfigsTest {
  @AutoClose private static RelationDatabase database;

  @AutoClose
  private final RelationTestServer server = new RelationTestServer().users("alice", "bob");

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void serve() {
    database.clear();
    server.serve(new ClientConfigs(new ClientConfigStore(mysql()), server));
  }

  private String set(String user, String configs) {
    return server.rest(
        ADMIN,
        userGrpc.getSetUserClientConfigMethod(),
        "{\"userID\":\"%s\",\"configs\":{%s}}".formatted(user, configs));
  }

  private String get(String caller, String user) {
    return server.rest(
        caller, userGrpc.getGetUserClientConfigMethod(), "{\"userID\":\"" + user + "\"}");
  }

  private String delete(String user, String keys) {
    return server.rest(
        ADMIN,
        userGrpc.getDelUserClientConfigMethod(),
        "{\"userID\":\"%s\",\"keys\":%s}".formatted(user, keys));
  }

  private String page(String body) {
    return server.rest(ADMIN, userGrpc.getPageUserClientConfigMethod(), body);
  }

  private static String config(String key, String user, String value) {
    return "{\"key\":\"%s\",\"userID\":\"%s\",\"value\":\"%s\"}".formatted(key, user, value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve     | {"userID":"alice"}      | 1002 ownerUserID, alice=MISSING
          eve     | {"userID":"eve"}        | 1004
          imAdmin | {"userID":"nobody"}     | 1004
          eve     | {"userID":7}            | 1001
          """)
  void badReads(String caller, String body, String refusal) {
    assertThat(server.rest(caller, userGrpc.getGetUserClientConfigMethod(), body))
        .isEqualTo(refusal);
  }

  @Test
  void badWrites() {
    String notAdmin = "1002 user alice is not admin userID";
    assertThat(server.rest("alice", userGrpc.getSetUserClientConfigMethod(), "{}"))
        .isEqualTo(notAdmin);
    assertThat(server.rest("alice", userGrpc.getDelUserClientConfigMethod(), "{}"))
        .isEqualTo(notAdmin);
    assertThat(server.rest("alice", userGrpc.getPageUserClientConfigMethod(), "{}"))
        .isEqualTo(notAdmin);
    assertThat(set("nobody", "\"k\":\"v\"")).isEqualTo("1004");
    assertThat(set("nobody", "")).isEqualTo("1004");
    assertThat(set("alice", "\"k\":1")).isEqualTo("1001");
    assertThat(set("alice", "\"" + "k".repeat(256) + "\":\"\""))
        .isEqualTo("1001 key is longer than 255 bytes");
    assertThat(set("alice", "\"k\":\"" + "v".repeat(4_097) + "\""))
        .isEqualTo("1001 value is longer than 4096 bytes");
    assertThat(page("{\"pagination\":{}}")).isEqualTo("1001 pageNumber is invalid");
    assertThat(page("{\"pagination\":{\"pageNumber\":1,\"showNumber\":10001}}"))
        .isEqualTo("1001 showNumber is more than 10000");
    assertThat(get("alice", "alice")).isEqualTo("{}");
  }

  @Test
  void theUsersSettingsLieAboveEverybodys() {
    assertThat(get("alice", "")).isEqualTo("{}");
    assertThat(set("", "\"CONVERSATION_ACTIVE_NUM\":\"50\",\"a\":\"<\"")).isEqualTo("{}");
    assertThat(set("alice", "\"CONVERSATION_ACTIVE_NUM\":\"100\",\"b\":\"\"")).isEqualTo("{}");
    assertThat(get("eve", ""))
        .isEqualTo("{\"configs\":{\"CONVERSATION_ACTIVE_NUM\":\"50\",\"a\":\"\\u003c\"}}");
    String alices =
        "{\"configs\":{\"CONVERSATION_ACTIVE_NUM\":\"100\",\"a\":\"\\u003c\",\"b\":\"\"}}";
    assertThat(get("alice", "alice")).isEqualTo(alices);
    assertThat(get(ADMIN, "alice")).isEqualTo(alices);
    assertThat(set("alice", "\"b\":\"new\"")).isEqualTo("{}");
    assertThat(set("alice", "")).isEqualTo("{}");
    assertThat(get("alice", "alice")).isEqualTo(alices.replace("\"b\":\"\"", "\"b\":\"new\""));
    assertThat(get("bob", "bob")).isEqualTo(get("bob", ""));
  }

  @Test
  void aDeletionTakesTheKeysOfOneUser() {
    set("", "\"k\":\"all\"");
    set("alice", "\"k\":\"hers\",\"l\":\"m\"");
    assertThat(delete("alice", "[\"k\",\"unknown\"]")).isEqualTo("{}");
    assertThat(get("alice", "alice")).isEqualTo("{\"configs\":{\"k\":\"all\",\"l\":\"m\"}}");
    assertThat(delete("nobody", "[\"k\"]")).isEqualTo("{}");
    assertThat(delete("", "null")).isEqualTo("{}");
    assertThat(delete("", "[\"k\",\"k\"]")).isEqualTo("{}");
    assertThat(get("alice", "alice")).isEqualTo("{\"configs\":{\"l\":\"m\"}}");
  }

  @Test
  void aPageListsTheSettingsOfUsersAndKeys() {
    set("", "\"k\":\"0\"");
    set("bob", "\"k\":\"1\",\"l\":\"2\"");
    set("alice", "\"k\":\"3\"");
    assertThat(page("{}")).isEqualTo("{\"total\":4,\"configs\":null}");
    String all = "\"pagination\":{\"pageNumber\":1,\"showNumber\":3}";
    assertThat(page("{" + all + "}"))
        .isEqualTo(
            "{\"total\":4,\"configs\":["
                + config("k", "", "0")
                + ","
                + config("k", "alice", "3")
                + ","
                + config("k", "bob", "1")
                + "]}");
    assertThat(page("{\"pagination\":{\"pageNumber\":2,\"showNumber\":3}}"))
        .isEqualTo("{\"total\":4,\"configs\":[" + config("l", "bob", "2") + "]}");
    assertThat(page("{\"userID\":\"bob\",\"key\":\"l\"," + all + "}"))
        .isEqualTo("{\"total\":1,\"configs\":[" + config("l", "bob", "2") + "]}");
    assertThat(page("{\"key\":\"k\"," + all + "}")).startsWith("{\"total\":3,");
    assertThat(page("{\"userID\":\"bob\"," + all + "}")).startsWith("{\"total\":2,");
    assertThat(page("{\"userID\":\"Bob\"," + all + "}"))
        .isEqualTo("{\"total\":0,\"configs\":null}");
    assertThat(page("{\"pagination\":{\"pageNumber\":9,\"showNumber\":3}}"))
        .isEqualTo("{\"total\":4,\"configs\":null}");
    assertThat(page("{\"pagination\":{\"pageNumber\":1,\"showNumber\":0}}"))
        .isEqualTo("{\"total\":4,\"configs\":null}");
  }

  private static String keys(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> "\"k" + i + "\":\"v\"")
        .collect(Collectors.joining(","));
  }

  @Test
  void theKeysOfOneUserAreBounded() {
    assertThat(set("alice", keys(0, 1_001))).isEqualTo("1001 configs has more than 1000 elements");
    assertThat(set("alice", keys(0, 1_000))).isEqualTo("{}");
    assertThat(set("alice", keys(999, 1_001))).isEqualTo("1001 more than 1000 keys");
    assertThat(set("alice", keys(999, 1_000))).isEqualTo("{}");
    assertThat(page("{\"userID\":\"alice\"}")).isEqualTo("{\"total\":1000,\"configs\":null}");
  }

  @Test
  void fiftyWhoWriteAndDeleteTheSameKeysMeetNoFailure() throws Exception {
    List<Callable<String>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String value = "\"b\":\"" + i + "\",\"a\":\"" + i + "\"";
      calls.add(i % 5 == 0 ? () -> delete("alice", "[\"b\",\"a\"]") : () -> set("alice", value));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(calls)) {
        assertThat(answer.get()).isEqualTo("{}");
      }
    }
    set("alice", "\"a\":\"1\",\"b\":\"1\"");
    assertThat(get("alice", "alice")).isEqualTo("{\"configs\":{\"a\":\"1\",\"b\":\"1\"}}");
  }
}
