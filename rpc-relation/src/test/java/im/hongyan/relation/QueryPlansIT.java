package im.hongyan.relation;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.account.AccountStore;
import im.hongyan.relation.account.NotificationAccounts;
import im.hongyan.relation.clientconfig.ClientConfigStore;
import im.hongyan.relation.clientconfig.ClientConfigs;
import im.hongyan.relation.user.CachedUsers;
import im.hongyan.relation.user.Profiles;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserChanges;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.relation.user.UserListStore;
import im.hongyan.relation.user.UserLists;
import im.hongyan.relation.user.UserStore;
import im.hongyan.relation.user.Users;
import im.hongyan.relation.usercommand.UserCommandStore;
import im.hongyan.relation.usercommand.UserCommands;
import im.hongyan.testkit.stores.QueryPlans;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.AccountHooks;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that no statement of the stores reads the whole of a table that grows with users, by what
 * the database plans for it with thousands of rows in it. Each feature's RPCs are called, so that a
 * new statement needs no row here.
 */
@ExtendWith(TestStoresExtension.class)
class QueryPlansIT {
  private static final int USERS = 3_000;

  /** Statements that read everything; only administrators cause them (docs/protocol/users.md). */
  private static final List<String> READ_EVERYTHING =
      List.of(
          "nickname LIKE ?",
          "CONVERT(user_id USING utf8mb4)",
          "SELECT COUNT(*) FROM client_config;",
          "FROM client_config ORDER BY user_id, config_key");

  @AutoClose private static RelationDatabase database;

  private final InstantSource clock = InstantSource.system();
  private final InvalidatingCache.Versions versions = new InvalidatingCache.Versions();
  private final UserStore store = new UserStore(mysql());
  private final UserDirectory directory = new CachedUsers(store, versions);

  @AutoClose private final RelationTestServer server = new RelationTestServer();

  @BeforeAll
  static void fill(TestStores stores) {
    database = RelationDatabase.open(stores);
    database.clear();
    UserStore users = new UserStore(mysql());
    for (int from = 0; from < USERS; from += 1_000) {
      users.addAll(IntStream.range(from, from + 1_000).mapToObj(QueryPlansIT::user).toList());
    }
    perUser(
        "INSERT INTO user_command (user_id, type, uuid, value, ex, create_time)"
            + " SELECT user_id, numbers.n, user_id, '', '', 1 FROM user");
    perUser(
        "INSERT INTO client_config (user_id, config_key, config_value)"
            + " SELECT user_id, CONCAT('key', numbers.n), '' FROM user");
    perUser(
        "INSERT INTO outbox_conversation (conversation_id, last_version, due_at, attempts, claim)"
            + " SELECT CONCAT('n_', user_id, numbers.n), 1, 1, 0, 0 FROM user");
    for (String table :
        List.of("user", "user_command", "client_config", "outbox_conversation", "outbox")) {
      database.execute("ANALYZE TABLE " + table);
    }
  }

  /** A few accounts among many users, of whom some have one name. */
  private static User user(int i) {
    int level = i % 100 == 0 ? 3 : 0;
    return new User(new UserId("u" + i), "nick" + i / 3, "f", "e", level, i % 2, i);
  }

  /** Four rows for each user. */
  private static void perUser(String insert) {
    database.execute(
        insert + " JOIN (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4) AS numbers");
  }

  private static MySql mysql() {
    return database.mysql();
  }

  private void serve() {
    Users users =
        new Users(store, directory, AccountHooks.NONE, true, clock, new SimpleMeterRegistry());
    UserChanges changes =
        new UserChanges(
            store, owners -> owners.forEach(versions::invalidate), user -> {}, () -> {}, clock);
    server.serve(
        users,
        new Profiles(changes, AccountHooks.NONE),
        new UserLists(new UserListStore(mysql())),
        new UserCommands(new UserCommandStore(mysql()), clock),
        new NotificationAccounts(
            users,
            changes,
            directory,
            new AccountStore(mysql()),
            Set.of(ADMIN),
            new Random(1),
            clock),
        new ClientConfigs(new ClientConfigStore(mysql()), directory));
  }

  /** An answer that is data. */
  private static void done(String answer) {
    assertThat(answer).startsWith("{");
  }

  private void callUsers() {
    String page = "{\"pagination\":{\"pageNumber\":3,\"showNumber\":20}%s}";
    done(
        server.rest(
            ADMIN,
            userGrpc.getUserRegisterMethod(),
            "{\"users\":[{\"userID\":\"new\",\"nickname\":\"n\"}]}"));
    done(server.rest("a", userGrpc.getGetDesignateUsersMethod(), "{\"userIDs\":[\"u1\",\"u2\"]}"));
    done(server.rest(ADMIN, userGrpc.getAccountCheckMethod(), "{\"checkUserIDs\":[\"u3\"]}"));
    done(server.rest(ADMIN, userGrpc.getGetAllUserIDMethod(), page.formatted("")));
    for (String filter : List.of("", ",\"userID\":\"u\"", ",\"nickName\":\"n\"")) {
      done(server.rest(ADMIN, userGrpc.getGetPaginationUsersMethod(), page.formatted(filter)));
    }
    done(server.rest(ADMIN, userGrpc.getUserRegisterCountMethod(), "{\"start\":500,\"end\":600}"));
    String name = "{\"userInfo\":{\"userID\":\"u1\",\"nickname\":\"other\"}}";
    done(server.rest("u1", userGrpc.getUpdateUserInfoMethod(), name));
    done(server.rest("u1", userGrpc.getUpdateUserInfoExMethod(), name.replace("other", "next")));
    done(
        server.rest(
            "u1",
            userGrpc.getSetGlobalRecvMessageOptMethod(),
            "{\"userID\":\"u1\",\"globalRecvMsgOpt\":2}"));
    store.globalReceiveOptions(List.of(new UserId("u1"), new UserId("u2")));
    for (String filter :
        List.of(
            "",
            ",\"appManagerLevel\":3",
            ",\"keyword\":\"u100\"",
            ",\"keyword\":\"nick5\"",
            ",\"keyword\":\"nick5\",\"appManagerLevel\":3")) {
      done(
          server.rest(
              ADMIN, userGrpc.getSearchNotificationAccountMethod(), page.formatted(filter)));
    }
  }

  private void callCommands() {
    String key = "{\"userID\":\"u1\",\"type\":1,\"uuid\":\"u1\",\"ex\":\"e\"}";
    done(server.rest("u1", userGrpc.getProcessUserCommandAddMethod(), key));
    done(server.rest("u1", userGrpc.getProcessUserCommandUpdateMethod(), key));
    done(server.rest("u1", userGrpc.getProcessUserCommandGetMethod(), key));
    done(server.rest("u1", userGrpc.getProcessUserCommandGetAllMethod(), key));
    done(server.rest("u1", userGrpc.getProcessUserCommandDeleteMethod(), key));
  }

  private void callConfigs() {
    BiFunction<String, String, String> body =
        (user, more) -> "{\"userID\":\"" + user + "\"" + more + "}";
    done(server.rest("u1", userGrpc.getGetUserClientConfigMethod(), body.apply("u1", "")));
    done(
        server.rest(
            ADMIN,
            userGrpc.getSetUserClientConfigMethod(),
            body.apply("u1", ",\"configs\":{\"k\":\"v\"}")));
    done(
        server.rest(
            ADMIN, userGrpc.getDelUserClientConfigMethod(), body.apply("u1", ",\"keys\":[\"k\"]")));
    String page = ",\"pagination\":{\"pageNumber\":2,\"showNumber\":20}";
    for (String user : List.of("", "u1")) {
      for (String key : List.of("", ",\"key\":\"key1\"")) {
        done(
            server.rest(
                ADMIN, userGrpc.getPageUserClientConfigMethod(), body.apply(user, key + page)));
      }
    }
  }

  @Test
  void noStatementReadsAWholeTableThatGrowsWithUsers() {
    serve();
    try (QueryPlans plans = QueryPlans.watch(mysql().jdbi(), READ_EVERYTHING)) {
      callUsers();
      callCommands();
      callConfigs();
      assertThat(plans.offences()).isEmpty();
      assertThat(plans.explained()).hasSizeGreaterThan(25);
      assertThat(plans.excepted())
          .as("no exception is out of date")
          .hasSize(READ_EVERYTHING.size());
    }
  }

  @Test
  void aStatementWithoutAnIndexIsFound() {
    try (QueryPlans plans = QueryPlans.watch(mysql().jdbi(), READ_EVERYTHING)) {
      database.number("SELECT COUNT(*) FROM user WHERE face_url = ?", "f");
      database.number("SELECT COUNT(*) FROM user WHERE user_id = ?", new UserId("u1"));
      assertThat(plans.offences()).singleElement().asString().contains("face_url");
    }
  }
}
