package im.hongyan.relation.account;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static im.hongyan.relation.RelationTestServer.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.proto.user.getNotificationAccountReq;
import im.hongyan.proto.user.getNotificationAccountResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.user.CachedUsers;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserChanges;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.relation.user.UserStore;
import im.hongyan.relation.user.Users;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.AccountHooks;
import im.hongyan.wire.id.UserId;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.PrimitiveIterator;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves the rules of notification accounts through gRPC. */
@ExtendWith(TestStoresExtension.class)
class NotificationAccountsTest {
  @AutoClose private static RelationDatabase database;

  private final InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(5));
  private final InvalidatingCache.Versions versions = new InvalidatingCache.Versions();
  private final UserStore store = new UserStore(mysql());
  private final UserDirectory directory = new CachedUsers(store, versions);

  @AutoClose private final RelationTestServer server = new RelationTestServer();

  /** Numbers that ids are made of, instead of random ones. */
  private PrimitiveIterator.OfLong numbers = LongStream.range(0, 100).iterator();

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
    RandomGenerator random = () -> numbers.nextLong() << 1;
    Users users =
        new Users(store, directory, AccountHooks.NONE, false, clock, new SimpleMeterRegistry());
    UserChanges changes =
        new UserChanges(
            store, owners -> owners.forEach(versions::invalidate), user -> {}, () -> {}, clock);
    server.serve(
        new NotificationAccounts(
            users,
            changes,
            directory,
            new AccountStore(mysql()),
            Set.of(ADMIN, "root"),
            random,
            clock));
  }

  private String add(String body) {
    return server.rest(ADMIN, userGrpc.getAddNotificationAccountMethod(), body);
  }

  private String update(String body) {
    return server.rest(ADMIN, userGrpc.getUpdateNotificationAccountInfoMethod(), body);
  }

  private String search(String filters) {
    return server.rest(
        ADMIN,
        userGrpc.getSearchNotificationAccountMethod(),
        "{" + filters + "\"pagination\":{\"pageNumber\":1,\"showNumber\":10}}");
  }

  private void user(String id, String nickname, int level) {
    store.addAll(List.of(new User(new UserId(id), nickname, "f", "e", level, 0, 7)));
  }

  private static String account(String id, String face, String nickname, int level) {
    return "{\"userID\":\"%s\",\"faceURL\":\"%s\",\"nickName\":\"%s\",\"appMangerLevel\":%d}"
        .formatted(id, face, nickname, level);
  }

  private static String accounts(int total, String... accounts) {
    String list = accounts.length == 0 ? "null" : "[" + String.join(",", accounts) + "]";
    return "{\"total\":" + total + ",\"notificationAccounts\":" + list + "}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve     | {"appMangerLevel":0}                                    | 1001 nickName is empty
          eve     | {"nickName":"n"}                                        | 1002 user eve is not admin userID
          imAdmin | {"nickName":"n"}                                        | 1001 app level not supported
          imAdmin | {"nickName":"n","appMangerLevel":2}                     | 1001 app level not supported
          imAdmin | {"nickName":"n","appMangerLevel":3,"userID":"a-b"}      | 1001 userID is legal
          imAdmin | {"nickName":"n","appMangerLevel":3,"userID":"a_b"}      | 1001 userID is legal
          imAdmin | {"nickName":"n","appMangerLevel":3,"userID":"a:b"}      | 1001 userID is legal
          imAdmin | {"nickName":"n","appMangerLevel":3,"userID":"known"}    | 1001 userID is used
          imAdmin | {"nickName":"n","appMangerLevel":"3"}                   | 1001
          """)
  void badRequestsForANewAccount(String caller, String body, String refusal) {
    user("known", "n", 0);
    assertThat(server.rest(caller, userGrpc.getAddNotificationAccountMethod(), body))
        .isEqualTo(refusal);
    assertThat(database.number("SELECT COUNT(*) FROM user")).isEqualTo(1);
  }

  @Test
  void textsThatAreLongerThanTheirColumnsAreRefused() {
    String body = "{\"nickName\":\"%s\",\"faceURL\":\"%s\",\"appMangerLevel\":3%s}";
    assertThat(add(body.formatted("鸿".repeat(256), "", "")))
        .isEqualTo("1001 nickName is longer than 255 characters");
    assertThat(add(body.formatted("n", "鸿".repeat(1_025), "")))
        .isEqualTo("1001 faceURL is longer than 1024 characters");
    assertThat(add(body.formatted("n", "f", ",\"userID\":\"" + "a".repeat(65) + "\"")))
        .isEqualTo("1001 userID is longer than 64 bytes");
    assertThat(update("{\"userID\":\"x\",\"nickName\":\"" + "n".repeat(256) + "\"}"))
        .isEqualTo("1001 nickName is longer than 255 characters");
    assertThat(update("{\"userID\":\"x\",\"faceURL\":\"" + "f".repeat(1_025) + "\"}"))
        .isEqualTo("1001 faceURL is longer than 1024 characters");
  }

  @Test
  void anAccountIsAUserOfItsLevel() {
    assertThat(
            add(
                "{\"userID\":\"news\",\"nickName\":\"News\",\"faceURL\":\"f\","
                    + "\"appMangerLevel\":4}"))
        .isEqualTo(account("news", "f", "News", 4));
    assertThat(directory.find(List.of(new UserId("news"))))
        .containsExactly(new User(new UserId("news"), "News", "f", "", 4, 0, 5));
    assertThat(database.notificationCount()).isZero();
  }

  private String unnamed() {
    return add("{\"nickName\":\"n\",\"appMangerLevel\":3}");
  }

  @Test
  void anAccountWithoutIdGetsTenDigitsAndAfterTwentyUsedOnesNone() {
    String first = unnamed();
    assertThat(first).matches("\\{\"userID\":\"[1-9][0-9]{9}\",\"faceURL\":\"\",.*");
    numbers = LongStream.concat(LongStream.of(0, 0, 0), LongStream.range(7, 100)).iterator();
    assertThat(unnamed()).matches("\\{\"userID\":\"[1-9][0-9]{9}\".*").isNotEqualTo(first);
    numbers = LongStream.generate(() -> 0).limit(20).iterator();
    assertThat(unnamed()).isEqualTo("500 gen user id failed");
    assertThat(numbers.hasNext()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve     | {}                                    | 1001 userID is empty
          eve     | {"userID":"x"}                        | 1001 faceURL and nickName is empty at the same
          eve     | {"userID":"x","nickName":"n"}         | 1002 user eve is not admin userID
          eve     | {"userID":"x","faceURL":"f"}          | 1002 user eve is not admin userID
          imAdmin | {"userID":"x","nickName":"n"}         | 1001
          imAdmin | {"userID":7,"nickName":"n"}           | 1001
          """)
  void badRequestsForAChange(String caller, String body, String refusal) {
    assertThat(server.rest(caller, userGrpc.getUpdateNotificationAccountInfoMethod(), body))
        .isEqualTo(refusal);
  }

  @Test
  void aChangeWritesWhatIsNotEmptyToAnyUserAndIsNotified() {
    user("alice", "Alice", 0);
    directory.find(List.of(new UserId("alice")));
    assertThat(update("{\"userID\":\"alice\",\"nickName\":\"Ann\",\"faceURL\":\"\"}"))
        .isEqualTo("{}");
    assertThat(update("{\"userID\":\"alice\",\"faceURL\":\"new\"}")).isEqualTo("{}");
    assertThat(directory.find(List.of(new UserId("alice"))))
        .containsExactly(new User(new UserId("alice"), "Ann", "new", "e", 0, 0, 7));
    assertThat(database.notifications("n_alice_imAdmin"))
        .hasSize(2)
        .allSatisfy(message -> assertThat(message.getContentType()).isEqualTo(1303));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve     | {}                                                      | 1001 pagination is empty
          eve     | {"pagination":{}}                                       | 1001 pageNumber is invalid
          eve     | {"pagination":{"pageNumber":1}}                         | 1002 user eve is not admin userID
          imAdmin | {"pagination":{"pageNumber":1,"showNumber":10001}}      | 1001 showNumber is more than 10000
          imAdmin | {"pagination":{"pageNumber":1},"appManagerLevel":"3"}   | 1001
          """)
  void badSearches(String caller, String body, String refusal) {
    assertThat(server.rest(caller, userGrpc.getSearchNotificationAccountMethod(), body))
        .isEqualTo(refusal);
  }

  @Test
  void aSearchFindsAccountsOfALevelButNoAdministrators() {
    user("alice", "A", 0);
    user("manager", "M", 2);
    user("robot", "R", 4);
    user("root", "Root", 3);
    user("news", "N", 3);
    assertThat(search(""))
        .isEqualTo(accounts(2, account("robot", "f", "R", 4), account("news", "f", "N", 3)));
    assertThat(search("\"appManagerLevel\":3,"))
        .isEqualTo(accounts(1, account("news", "f", "N", 3)));
    assertThat(search("\"appManagerLevel\":0,")).isEqualTo(accounts(0));
    assertThat(
            server.rest(
                ADMIN,
                userGrpc.getSearchNotificationAccountMethod(),
                "{\"pagination\":{\"pageNumber\":2,\"showNumber\":1}}"))
        .isEqualTo(accounts(2, account("news", "f", "N", 3)));
    assertThat(
            server.rest(
                ADMIN,
                userGrpc.getSearchNotificationAccountMethod(),
                "{\"pagination\":{\"pageNumber\":1,\"showNumber\":0}}"))
        .isEqualTo(accounts(2));
  }

  @Test
  void aKeywordIsAnIdAndElseANickname() {
    user("news", "one", 3);
    user("two", "news", 3);
    user("three", "News", 3);
    user("four", "four", 0);
    user("five", "four", 4);
    user("root", "six", 3);
    assertThat(search("\"keyword\":\"news\","))
        .isEqualTo(accounts(1, account("news", "f", "one", 3)));
    assertThat(search("\"keyword\":\"News\","))
        .isEqualTo(accounts(1, account("three", "f", "News", 3)));
    assertThat(search("\"keyword\":\"four\","))
        .as("the id is a user's")
        .isEqualTo(accounts(1, account("five", "f", "four", 4)));
    assertThat(search("\"keyword\":\"news\",\"appManagerLevel\":4,")).isEqualTo(accounts(0));
    assertThat(search("\"keyword\":\"root\",")).isEqualTo(accounts(0));
    assertThat(search("\"keyword\":\"six\",")).isEqualTo(accounts(0));
    assertThat(search("\"keyword\":\"ne\",")).isEqualTo(accounts(0));
  }

  @Test
  void whoMaySendNotificationsIsAnAdministratorOrAnAccount() {
    user("ordinary", "n", 1);
    user("admin2", "n", 2);
    user("news", "n", 3);
    MethodDescriptor<getNotificationAccountReq, getNotificationAccountResp> get =
        userGrpc.getGetNotificationAccountMethod();
    assertThat(server.rest(ADMIN, get, "{\"userID\":\"news\"}"))
        .startsWith("1002 ")
        .doesNotContain("sent for this ID");
    assertThat(server.rest(SERVICE, get, "{}")).isEqualTo("1001 userID is empty");
    assertThat(server.rest(SERVICE, get, "{\"userID\":\"nobody\"}")).isEqualTo("1101");
    assertThat(server.rest(SERVICE, get, "{\"userID\":\"ordinary\"}"))
        .isEqualTo("1002 notification messages cannot be sent for this ID");
    assertThat(server.rest(SERVICE, get, "{\"userID\":\"admin2\"}"))
        .isEqualTo("{\"account\":" + account("admin2", "f", "n", 2) + "}");
    assertThat(server.rest(SERVICE, get, "{\"userID\":\"news\"}"))
        .isEqualTo("{\"account\":" + account("news", "f", "n", 3) + "}");
  }
}
