package im.hongyan.relation.user;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.accountCheckReq;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.proto.user.userRegisterReq;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.owner.OwnerRows;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.json.GoJsonWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves the rules of registering and looking up users through gRPC. */
@ExtendWith(TestStoresExtension.class)
class UsersTest {
  @AutoClose private static RelationDatabase database;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final UserStore store = new UserStore(mysql());
  private final UserDirectory directory = new CachedUsers(store, new InvalidatingCache.Versions());
  private final RecordingHooks hooks = new RecordingHooks();
  private final Users users = users(true);

  @AutoClose private final RelationTestServer server = new RelationTestServer().serve(users);

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  private Users users(boolean underscores) {
    InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(5));
    return new Users(store, directory, hooks, underscores, clock, meters);
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private static UserInfo user(String id, String nickname) {
    return UserInfo.newBuilder().setUserID(id).setNickname(nickname).build();
  }

  private static userRegisterReq registration(UserInfo... users) {
    return userRegisterReq.newBuilder().addAllUsers(List.of(users)).build();
  }

  private void register(String... ids) {
    server.call(
        RelationTestServer.ADMIN,
        userGrpc.getUserRegisterMethod(),
        registration(Stream.of(ids).map(id -> user(id, "nick " + id)).toArray(UserInfo[]::new)));
  }

  private String refusal(String caller, UserInfo... users) {
    return server.refusal(caller, userGrpc.getUserRegisterMethod(), registration(users));
  }

  private static getDesignateUsersReq infos(String... ids) {
    return getDesignateUsersReq.newBuilder().addAllUserIDs(List.of(ids)).build();
  }

  private List<UserInfo> find(String... ids) {
    return server
        .call("anybody", userGrpc.getGetDesignateUsersMethod(), infos(ids))
        .getUsersInfoList();
  }

  @Test
  void aRegistrationIsRefusedUserByUser() {
    assertThat(refusal("eve")).isEqualTo("1001 users are empty");
    assertThat(refusal("eve", user("a", "n"), user("a", "n")))
        .isEqualTo("1002 user eve is not admin userID");
    String admin = RelationTestServer.ADMIN;
    UserInfo[] many = Collections.nCopies(1_001, user("", "")).toArray(UserInfo[]::new);
    assertThat(refusal(admin, many)).isEqualTo("1001 more than 1000 users");
    assertThat(refusal(admin, user("", ""))).isEqualTo("1001 user is empty");
    assertThat(refusal(admin, user("", "n"))).isEqualTo("1001 userID is empty");
    assertThat(refusal(admin, user("a-b", ""))).isEqualTo("1001 userID is legal");
    assertThat(refusal(admin, user("a:b", "n"))).isEqualTo("1001 userID is legal");
    assertThat(refusal(admin, user("雁".repeat(22), "n")))
        .isEqualTo("1001 userID is longer than 64 bytes");
    assertThat(refusal(admin, user("a", ""), user("", "n"))).isEqualTo("1001 user name is empty");
    assertThat(hooks.calls()).isEmpty();
    assertThat(refusal(admin, user("a", "n"), user("a", "n"), user("", "n")))
        .isEqualTo("1001 userID repeated");
    register("known");
    assertThat(refusal(admin, user("fresh", "n"), user("known", "n")))
        .isEqualTo("1102 userID registered already");
    assertThat(find("fresh", "known")).extracting(UserInfo::getUserID).containsExactly("known");
    assertThat(meters.counter("user_register").count()).isEqualTo(1);
  }

  /** messaging.md 1.2: a user's notifications are the user's from the registration on. */
  @Test
  void userWhoseNotificationsBelongToOthersIsRefused() {
    database
        .mysql()
        .jdbi()
        .useTransaction(
            handle -> OwnerRows.claim(handle, List.of(ConversationOwner.pair("k", "l_k_l"))));
    assertThat(refusal(RelationTestServer.ADMIN, user("fresh", "n"), user("k_l", "n")))
        .isEqualTo("1001 conversation belongs to others");
    assertThat(find("fresh", "k_l")).isEmpty();
  }

  @Test
  void underscoreInNewIdsIsRefusedWhereTheSettingSaysSo() {
    try (RelationTestServer strict = new RelationTestServer().serve(users(false))) {
      assertThat(
              strict.refusal(
                  RelationTestServer.ADMIN,
                  userGrpc.getUserRegisterMethod(),
                  registration(user("a_b", "n"))))
          .isEqualTo("1001 userID is legal");
    }
  }

  /** They would be refused by the store, in the words of its driver. */
  @Test
  void textsThatAreLongerThanTheirColumnsAreRefused() {
    String admin = RelationTestServer.ADMIN;
    UserInfo longest =
        user("longest", "鸿".repeat(255)).toBuilder()
            .setFaceURL("雁".repeat(1_024))
            .setEx("e".repeat(16_384))
            .build();
    server.call(admin, userGrpc.getUserRegisterMethod(), registration(longest));
    assertThat(find("longest").getFirst().toBuilder().clearCreateTime().build()).isEqualTo(longest);
    UserInfo.Builder more = user("more", "n").toBuilder();
    assertThat(refusal(admin, user("fits", "n"), user("more", "n".repeat(256))))
        .isEqualTo("1001 nickname is longer than 255 characters");
    assertThat(refusal(admin, more.clone().setFaceURL("f".repeat(1_025)).build()))
        .isEqualTo("1001 faceURL is longer than 1024 characters");
    assertThat(refusal(admin, more.clone().setEx("e".repeat(16_385)).build()))
        .isEqualTo("1001 ex is longer than 16384 bytes");
    assertThat(find("fits", "more")).isEmpty();
  }

  @Test
  void usersComeBackAsRegisteredInTheOrderAskedEachOnce() {
    UserInfo asked =
        user("Alice", "鸿雁").toBuilder()
            .setFaceURL("f")
            .setEx("e")
            .setAppMangerLevel(1)
            .setGlobalRecvMsgOpt(2)
            .build();
    server.call(
        RelationTestServer.ADMIN,
        userGrpc.getUserRegisterMethod(),
        registration(user("bob", "b"), asked.toBuilder().setCreateTime(9).build()));
    for (int i = 0; i < 2; i++) {
      assertThat(find("bob", "alice", "Alice", "", "bob"))
          .as("from the store, then from the cache")
          .containsExactly(
              user("bob", "b").toBuilder().setCreateTime(5).build(),
              asked.toBuilder().setCreateTime(5).build());
    }
    assertThat(server.refusal("eve", userGrpc.getGetDesignateUsersMethod(), infos()))
        .isEqualTo("1001 UserIDs is empty");
  }

  @Test
  void administratorsAreMadeOnceAndKeepTheirConfiguredNames() {
    users.ensureAdmins(List.of("imAdmin", "second"), List.of("old"));
    users.ensureAdmins(List.of("imAdmin"), List.of("new"));
    assertThat(find("imAdmin", "second"))
        .containsExactly(
            user("imAdmin", "new").toBuilder().setAppMangerLevel(2).setCreateTime(5).build(),
            user("second", "second").toBuilder().setAppMangerLevel(2).setCreateTime(5).build());
  }

  private static accountCheckReq accounts(String... ids) {
    return accountCheckReq.newBuilder().addAllCheckUserIDs(List.of(ids)).build();
  }

  @Test
  void anAdministratorLearnsWhichUsersAreRegistered() {
    register("Alice", "bob");
    var method = userGrpc.getAccountCheckMethod();
    var answer = server.call(RelationTestServer.ADMIN, method, accounts("bob", "alice", "Alice"));
    assertThat(GoJsonWriter.toText(answer))
        .isEqualTo(
            "{\"results\":[{\"userID\":\"bob\",\"accountStatus\":1},"
                + "{\"userID\":\"alice\",\"accountStatus\":0},"
                + "{\"userID\":\"Alice\",\"accountStatus\":1}]}");
    assertThat(server.refusal("eve", method, accounts())).isEqualTo("1001 CheckUserIDs is empty");
    assertThat(server.refusal("eve", method, accounts("x", "x"))).isEqualTo("1001 userID repeated");
    String[] many = IntStream.rangeClosed(0, 1_000).mapToObj(i -> "u" + i).toArray(String[]::new);
    assertThat(server.refusal("eve", method, accounts(many)))
        .isEqualTo("1001 checkUserIDs has more than 1000 elements");
    assertThat(server.refusal("eve", method, accounts("x")))
        .isEqualTo("1002 user eve is not admin userID");
  }

  @Test
  void hooksChangeWhoIsRegisteredAndHearOfIt() {
    hooks.onRegister(users -> List.of(user("other", "by the hook")));
    register("alice");
    assertThat(find("alice", "other")).extracting(UserInfo::getUserID).containsExactly("other");
    assertThat(hooks.calls())
        .containsExactly("beforeUserRegister [alice]", "afterUserRegister [other]");
    assertThat(refusal(RelationTestServer.ADMIN, user("other", "n")))
        .as("known before the hook is asked")
        .isEqualTo("1102 userID registered already");
    assertThat(refusal(RelationTestServer.ADMIN, user("bob", "n")))
        .as("the hook's user is known")
        .isEqualTo("1102 userID registered already");
    assertThat(hooks.calls()).hasSize(3);
    hooks.onRegister(users -> List.of(user("x", "n".repeat(256))));
    assertThat(refusal(RelationTestServer.ADMIN, user("bob", "n")))
        .isEqualTo("1001 nickname is longer than 255 characters");
    hooks.onRegister(users -> {
      throw ImError.NO_PERMISSION.with("not by the hook");
    });
    assertThat(refusal(RelationTestServer.ADMIN, user("bob", "n")))
        .isEqualTo("1002 not by the hook");
    assertThat(find("bob", "x")).isEmpty();
  }
}
