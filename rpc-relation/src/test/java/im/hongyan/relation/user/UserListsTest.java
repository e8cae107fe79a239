package im.hongyan.relation.user;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.UserId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves the pages of all users and the search in them through gRPC. */
@ExtendWith(TestStoresExtension.class)
class UserListsTest {
  @AutoClose private static RelationDatabase database;

  private final UserStore store = new UserStore(mysql());

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer().serve(new UserLists(new UserListStore(mysql())));

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

  private void add(String id, String nickname, int level) {
    store.addAll(List.of(new User(new UserId(id), nickname, "f", "e", level, 2, 7)));
  }

  private String ids(String pagination) {
    return server.rest(
        ADMIN, userGrpc.getGetAllUserIDMethod(), "{\"pagination\":{" + pagination + "}}");
  }

  private String users(String filters, int page, int size) {
    return server.rest(
        ADMIN,
        userGrpc.getGetPaginationUsersMethod(),
        "{\"pagination\":{\"pageNumber\":%d,\"showNumber\":%d}%s}".formatted(page, size, filters));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve     | {}                                                    | 1001 pagination is empty
          eve     | {"pagination":null}                                   | 1001 pagination is empty
          eve     | {"pagination":{}}                                     | 1001 pageNumber is invalid
          eve     | {"pagination":{"pageNumber":0,"showNumber":1}}        | 1001 pageNumber is invalid
          eve     | {"pagination":{"pageNumber":1,"showNumber":10001}}    | 1002 user eve is not admin userID
          imAdmin | {"pagination":{"pageNumber":1,"showNumber":10001}}    | 1001 showNumber is more than 10000
          imAdmin | {"pagination":{"pageNumber":"1"}}                     | 1001
          imAdmin | {"pagination":{"pageNumber":2147483648}}              | 1001
          """)
  void badRequests(String caller, String body, String refusal) {
    assertThat(server.rest(caller, userGrpc.getGetAllUserIDMethod(), body)).isEqualTo(refusal);
    assertThat(server.rest(caller, userGrpc.getGetPaginationUsersMethod(), body))
        .isEqualTo(refusal);
  }

  @Test
  void idsComeInTheOrderOfRegistrationWithAccountsAndAdministrators() {
    add("zoe", "Z", 0);
    add("admin", "A", 2);
    add("account", "N", 3);
    add("bob", "B", 1);
    assertThat(ids("\"pageNumber\":1,\"showNumber\":3"))
        .isEqualTo("{\"total\":4,\"userIDs\":[\"zoe\",\"admin\",\"account\"]}");
    assertThat(ids("\"pageNumber\":2,\"showNumber\":3"))
        .isEqualTo("{\"total\":4,\"userIDs\":[\"bob\"]}");
    for (String none :
        List.of(
            "\"pageNumber\":3,\"showNumber\":3",
            "\"pageNumber\":1",
            "\"pageNumber\":2,\"showNumber\":-3",
            "\"pageNumber\":2147483647,\"showNumber\":10000")) {
      assertThat(ids(none)).as(none).isEqualTo("{\"total\":4,\"userIDs\":null}");
    }
  }

  @Test
  void onlyOrdinaryUsersAreListed() {
    add("zoe", "Z", 0);
    add("admin", "A", 2);
    add("robot", "R", 4);
    add("bob", "B", 1);
    assertThat(users("", 1, 10))
        .isEqualTo(
            "{\"total\":2,\"users\":[{\"userID\":\"zoe\",\"nickname\":\"Z\",\"faceURL\":\"f\","
                + "\"ex\":\"e\",\"createTime\":7,\"appMangerLevel\":0,\"globalRecvMsgOpt\":2},"
                + "{\"userID\":\"bob\",\"nickname\":\"B\",\"faceURL\":\"f\",\"ex\":\"e\","
                + "\"createTime\":7,\"appMangerLevel\":1,\"globalRecvMsgOpt\":2}]}");
    assertThat(users("", 2, 1)).contains("\"userID\":\"bob\"").doesNotContain("zoe");
    assertThat(users("", 3, 1)).isEqualTo("{\"total\":2,\"users\":null}");
    assertThat(users("", 1, 0)).isEqualTo("{\"total\":2,\"users\":null}");
  }

  private List<String> found(String filters) {
    List<String> ids = new ArrayList<>();
    var matcher =
        java.util.regex.Pattern.compile("\"userID\":\"([^\"]*)\"").matcher(users(filters, 1, 100));
    while (matcher.find()) {
      ids.add(matcher.group(1));
    }
    return ids;
  }

  @Test
  void aSearchFindsPartsOfIdsOrNicknamesWithoutCaseAndNoPatterns() {
    add("Alice_1", "鸿雁", 0);
    add("bob", "al%ine!", 1);
    add("carol", "CAROL", 0);
    add("alien", "Notice", 3);
    assertThat(found(",\"userID\":\"aLi\"")).containsExactly("Alice_1");
    assertThat(found(",\"userID\":\"e_\"")).containsExactly("Alice_1");
    assertThat(found(",\"userID\":\"%\"")).isEmpty();
    assertThat(found(",\"nickName\":\"l%i\"")).containsExactly("bob");
    assertThat(found(",\"nickName\":\"e!\"")).containsExactly("bob");
    assertThat(found(",\"nickName\":\"雁\"")).containsExactly("Alice_1");
    assertThat(found(",\"nickName\":\".*\"")).isEmpty();
    assertThat(found(",\"userID\":\"BO\",\"nickName\":\"carol\"")).containsExactly("bob", "carol");
    assertThat(users(",\"userID\":\"o\"", 2, 1))
        .startsWith("{\"total\":2,\"users\":[{\"userID\":\"carol\"");
    assertThat(users(",\"userID\":\"o\"", 3, 1)).isEqualTo("{\"total\":2,\"users\":null}");
    assertThat(users(",\"userID\":\"o\"", 1, 0)).isEqualTo("{\"total\":2,\"users\":null}");
    assertThat(users(",\"nickName\":\"" + "n".repeat(256) + "\"", 1, 1))
        .isEqualTo("1001 nickName is longer than 255 characters");
  }

  /** Else a page by number would be short, or hold a user of another. */
  @Test
  void usersWhoAreRegisteredAtOnceAreNumberedWithoutGaps() throws Exception {
    List<Callable<Boolean>> registrations = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      List<User> some =
          IntStream.of(i, 1_000 + i % 40)
              .mapToObj(id -> new User(new UserId("u" + id), "n", "", "", id % 3, 0, 7))
              .toList();
      registrations.add(() -> store.addAll(some));
    }
    int added = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var registration : threads.invokeAll(registrations)) {
        added += registration.get() ? 1 : 0;
      }
    }
    assertThat(added).isEqualTo(40);
    assertThat(numbers("user_number > 0", "user_number")).isEqualTo(80);
    long ordinary = database.number("SELECT COUNT(*) FROM user WHERE app_manger_level < 2");
    assertThat(numbers("app_manger_level < 2", "ordinary_number")).isEqualTo(ordinary);
    assertThat(database.number("SELECT COUNT(*) FROM user WHERE ordinary_number > 0"))
        .isEqualTo(ordinary);
  }

  /** The largest number, which is also how many there are. */
  private static long numbers(String condition, String column) {
    long distinct =
        database.number(
            "SELECT COUNT(DISTINCT %s) FROM user WHERE %s".formatted(column, condition));
    assertThat(database.number("SELECT MAX(%s) FROM user".formatted(column))).isEqualTo(distinct);
    return distinct;
  }

  /** Rows as they were before users had numbers. */
  @Test
  void usersOfBeforeAreNumberedByTheMigration() throws IOException {
    add("later", "n", 0);
    add("account", "n", 3);
    add("first", "n", 1);
    database.execute("UPDATE user SET user_number = 0, ordinary_number = 0");
    database.execute("UPDATE user SET create_time = 1 WHERE user_id = 'first'");
    String migration;
    try (InputStream file =
        Objects.requireNonNull(
            UserStore.class.getResourceAsStream("/db/relation/V051__number_users.sql"))) {
      migration = new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
    database.execute(migration.substring(0, migration.length() - 1));
    assertThat(ids("\"pageNumber\":1,\"showNumber\":9"))
        .isEqualTo("{\"total\":3,\"userIDs\":[\"first\",\"account\",\"later\"]}");
    assertThat(found("")).containsExactly("first", "later");
    add("next", "n", 0);
    assertThat(found("")).containsExactly("first", "later", "next");
  }

  private String counts(String caller, String body) {
    return server.rest(caller, userGrpc.getUserRegisterCountMethod(), body);
  }

  @Test
  void registrationsAreCountedByDaysInUtc() {
    String[] times = {
      "2026-01-31T23:59:59.999Z",
      "2026-02-01T00:00:00Z",
      "2026-02-01T23:59:59Z",
      "2026-02-03T12:00:00Z",
      "2026-02-04T00:00:00Z"
    };
    for (int i = 0; i < times.length; i++) {
      long at = Instant.parse(times[i]).toEpochMilli();
      store.addAll(List.of(new User(new UserId("u" + i), "n", "", "", i, 0, at)));
    }
    String span =
        "{\"start\":%d,\"end\":%d}"
            .formatted(
                Instant.parse("2026-02-01T00:00:00Z").toEpochMilli(),
                Instant.parse("2026-02-04T00:00:00Z").toEpochMilli());
    assertThat(counts(ADMIN, span))
        .isEqualTo("{\"total\":5,\"before\":1,\"count\":{\"2026-02-01\":2,\"2026-02-03\":1}}");
    assertThat(counts(ADMIN, "{\"start\":1,\"end\":1}"))
        .as("an empty map is left out")
        .isEqualTo("{\"total\":5,\"before\":0}");
  }

  @Test
  void countsAreRefusedInTheOrderOfTheProtocol() {
    assertThat(counts("bob", "{}")).isEqualTo("1001 start is invalid");
    assertThat(counts("bob", "{\"start\":-1,\"end\":2}")).isEqualTo("1001 start is invalid");
    assertThat(counts("bob", "{\"start\":2}")).isEqualTo("1001 end is invalid");
    assertThat(counts("bob", "{\"start\":1,\"end\":2}"))
        .isEqualTo("1002 user bob is not admin userID");
    assertThat(counts(ADMIN, "{\"start\":2,\"end\":1}")).isEqualTo("1001 start > end");
  }
}
