package im.hongyan.relation.user;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.UserInfoUpdatedTips;
import im.hongyan.proto.user.updateUserInfoExReq;
import im.hongyan.proto.user.updateUserInfoExResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.notification.NotificationTips;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.ProfileUpdate;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.json.GoJsonWriter;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves what a change of a profile writes, refuses and causes, in which order, through gRPC. */
@ExtendWith(TestStoresExtension.class)
class ProfilesTest {
  private static final MethodDescriptor<updateUserInfoExReq, updateUserInfoExResp> UPDATE_EX =
      userGrpc.getUpdateUserInfoExMethod();

  @AutoClose private static RelationDatabase database;

  private final InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(5));
  private final InvalidatingCache.Versions versions = new InvalidatingCache.Versions();
  private final UserStore store = new UserStore(mysql());
  private final UserDirectory directory = new CachedUsers(store, versions);
  private final RecordingHooks hooks = new RecordingHooks();
  private final UserChanges changes =
      new UserChanges(
          store,
          owners -> {
            owners.forEach(versions::invalidate);
            hooks.note("invalidated " + owners);
          },
          changed -> hooks.note("fan-out of " + changed),
          () -> hooks.note("outbox woken"),
          clock);

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer()
          .serve(
              new Profiles(changes, hooks),
              new Users(store, directory, hooks, true, clock, new SimpleMeterRegistry()));

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void alice() {
    database.clear();
    store.addAll(List.of(new User(new UserId("alice"), "Alice", "face", "ex", 1, 1, 3)));
  }

  private String alicesInfo() {
    return server.rest(
        "anybody", userGrpc.getGetDesignateUsersMethod(), "{\"userIDs\":[\"alice\"]}");
  }

  private static String info(String nickname, String face, String ex, int option) {
    return ("{\"usersInfo\":[{\"userID\":\"alice\",\"nickname\":\"%s\",\"faceURL\":\"%s\","
            + "\"ex\":\"%s\",\"createTime\":3,\"appMangerLevel\":1,\"globalRecvMsgOpt\":%d}]}")
        .formatted(nickname, face, ex, option);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve   | {}                                                  | 1001 UserInfo is empty
          eve   | {"userInfo":null}                                   | 1001 UserInfo is empty
          eve   | {"userInfo":{"nickname":"n"}}                       | 1001 UserID is empty
          eve   | {"userInfo":{"userID":"alice"}}                     | 1002 ownerUserID, alice=MISSING
          eve   | {"userInfo":{"userID":"eve","nickname":"n"}}        | 1004
          alice | {"userInfo":{"userID":"alice","globalRecvMsgOpt":3}} | 1001 globalRecvMsgOpt is invalid
          alice | {"userInfo":{"userID":"alice","nickname":7}}        | 1001
          alice | {"userInfo":"alice"}                                | 1001
          """)
  void badRequestsOfTheOlderRoute(String caller, String body, String refusal) {
    assertThat(server.rest(caller, userGrpc.getUpdateUserInfoMethod(), body)).isEqualTo(refusal);
    assertThat(alicesInfo()).isEqualTo(info("Alice", "face", "ex", 1));
    assertThat(database.notificationCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve   | {}                                                  | 1001 userInfo is empty
          eve   | {"userInfo":{"nickname":"n"}}                       | 1001 userID is empty
          eve   | {"userInfo":{"userID":"alice"}}                     | 1002 ownerUserID, alice=MISSING
          eve   | {"userInfo":{"userID":"eve","nickname":"n"}}        | 1004
          alice | {"userInfo":{"userID":"alice","globalRecvMsgOpt":3}} | 1001 globalRecvMsgOpt is invalid
          alice | {"userInfo":{"userID":"alice","globalRecvMsgOpt":-1}} | 1001 globalRecvMsgOpt is invalid
          alice | {"userInfo":{"userID":"alice","globalRecvMsgOpt":"1"}} | 1001
          alice | {"userInfo":{"userID":"alice","nickname":{"value":"n"}}} | 1001
          """)
  void badRequestsOfTheNewerRoute(String caller, String body, String refusal) {
    assertThat(server.rest(caller, UPDATE_EX, body)).isEqualTo(refusal);
    assertThat(alicesInfo()).isEqualTo(info("Alice", "face", "ex", 1));
    assertThat(database.notificationCount()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eve   | {"globalRecvMsgOpt":3}                    | 1001 GlobalRecvMsgOpt is invalid
          eve   | {"globalRecvMsgOpt":-1,"userID":"alice"}  | 1001 GlobalRecvMsgOpt is invalid
          eve   | {}                                        | 1001 UserID is empty
          eve   | {"userID":"alice"}                        | 1002 ownerUserID, alice=MISSING
          eve   | {"userID":"eve"}                          | 1004 userID not found
          alice | {"userID":"alice","globalRecvMsgOpt":1.0} | 1001
          """)
  void badRequestsOfTheReceiveOption(String caller, String body, String refusal) {
    assertThat(server.rest(caller, userGrpc.getSetGlobalRecvMessageOptMethod(), body))
        .isEqualTo(refusal);
    assertThat(alicesInfo()).isEqualTo(info("Alice", "face", "ex", 1));
  }

  @Test
  void textsThatAreLongerThanTheirColumnsAreRefused() {
    String body = "{\"userInfo\":{\"userID\":\"alice\",\"%s\":\"%s\"}}";
    for (var method : List.of(userGrpc.getUpdateUserInfoMethod(), UPDATE_EX)) {
      assertThat(server.rest("alice", method, body.formatted("nickname", "鸿".repeat(256))))
          .isEqualTo("1001 nickname is longer than 255 characters");
      assertThat(server.rest("alice", method, body.formatted("faceURL", "鸿".repeat(1_025))))
          .isEqualTo("1001 faceURL is longer than 1024 characters");
      assertThat(server.rest("alice", method, body.formatted("ex", "e".repeat(16_385))))
          .isEqualTo("1001 ex is longer than 16384 bytes");
      assertThat(server.rest("alice", method, body.formatted("ex", "e".repeat(16_384))))
          .isEqualTo("{}");
    }
  }

  @Test
  void theOlderRouteWritesWhatIsNotEmpty() {
    var method = userGrpc.getUpdateUserInfoMethod();
    assertThat(
            server.rest(
                "alice",
                method,
                "{\"userInfo\":{\"userID\":\"alice\",\"nickname\":\"Ann\",\"faceURL\":\"\","
                    + "\"ex\":\"\",\"globalRecvMsgOpt\":0,\"appMangerLevel\":2}}"))
        .isEqualTo("{}");
    assertThat(alicesInfo()).isEqualTo(info("Ann", "face", "ex", 1));
    server.rest(
        "alice",
        method,
        "{\"userInfo\":{\"userID\":\"alice\",\"ex\":\"new\",\"globalRecvMsgOpt\":2}}");
    assertThat(alicesInfo()).isEqualTo(info("Ann", "face", "new", 2));
  }

  @Test
  void theNewerRouteWritesWhatIsSetAlsoWhereItIsEmpty() {
    String body =
        "{\"userInfo\":{\"userID\":\"alice\",\"nickname\":\"\",\"faceURL\":null,\"ex\":\"<>\","
            + "\"globalRecvMsgOpt\":0}}";
    assertThat(server.rest("alice", UPDATE_EX, body)).isEqualTo("{}");
    assertThat(alicesInfo()).isEqualTo(info("", "face", "\\u003c\\u003e", 0));
  }

  @Test
  void theReceiveOptionIsWrittenAndTheOwnDevicesReadItAnew() {
    assertThat(
            server.rest(
                "alice",
                userGrpc.getSetGlobalRecvMessageOptMethod(),
                "{\"userID\":\"alice\",\"globalRecvMsgOpt\":2}"))
        .isEqualTo("{}");
    assertThat(alicesInfo()).isEqualTo(info("Alice", "face", "ex", 2));
    assertThat(hooks.calls()).containsExactly("invalidated [alice]", "outbox woken");
    assertThat(database.notifications("n_alice_alice")).hasSize(1);
    assertThat(changedProfiles()).isZero();
  }

  private static long changedProfiles() {
    return database.number("SELECT COUNT(*) FROM profile_change WHERE user_id = 'alice'");
  }

  @Test
  void aChangedNameIsNotifiedWrittenDownAndFannedOutInThisOrder() {
    assertThat(
            server.rest(
                ADMIN, UPDATE_EX, "{\"userInfo\":{\"userID\":\"alice\",\"nickname\":\"Ann\"}}"))
        .isEqualTo("{}");
    assertThat(hooks.calls())
        .containsExactly(
            "beforeUpdateUserInfoEx alice Ann null null",
            "invalidated [alice]",
            "afterUpdateUserInfoEx alice Ann null null",
            "fan-out of alice",
            "outbox woken");
    MsgData message = database.notifications("n_alice_imAdmin").getFirst();
    assertThat(message.getContentType()).isEqualTo(1303);
    assertThat(message.getSendID()).isEqualTo(ADMIN);
    assertThat(message.getRecvID()).isEqualTo("alice");
    assertThat(message.getCreateTime()).isEqualTo(5);
    assertThat(
            GoJsonWriter.toText(
                NotificationTips.read(message, UserInfoUpdatedTips.getDefaultInstance())))
        .isEqualTo("{\"userID\":\"alice\"}");
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM profile_change WHERE user_id = 'alice'"
                    + " AND operator_user_id = 'imAdmin' AND changed_at = 5"))
        .isEqualTo(1);
  }

  @Test
  void whatLeavesNameAndFaceAloneIsNotifiedAndNotFannedOut() {
    for (String same :
        List.of("", ",\"nickname\":\"Alice\",\"faceURL\":\"face\"", ",\"ex\":\"other\"")) {
      hooks.calls().clear();
      server.rest("alice", UPDATE_EX, "{\"userInfo\":{\"userID\":\"alice\"" + same + "}}");
      assertThat(hooks.calls()).as(same).doesNotContain("fan-out of alice").hasSize(4);
    }
    assertThat(database.notifications("n_alice_alice")).hasSize(3);
    assertThat(changedProfiles()).isZero();
  }

  /** Also of a field that the request leaves alone. */
  @Test
  void hooksChangeWhatIsWritten() {
    hooks.onUpdate(asked -> new ProfileUpdate("other", "by hook", asked.faceUrl(), "hooked"));
    server.rest(
        "alice",
        userGrpc.getUpdateUserInfoMethod(),
        "{\"userInfo\":{\"userID\":\"alice\",\"faceURL\":\"f\"}}");
    assertThat(alicesInfo()).isEqualTo(info("by hook", "f", "hooked", 1));
    assertThat(hooks.calls())
        .startsWith("beforeUpdateUserInfo alice null f null")
        .contains("afterUpdateUserInfo other by hook f hooked");
    hooks.onUpdate(asked -> new ProfileUpdate("alice", null, null, "e".repeat(16_385)));
    String body = "{\"userInfo\":{\"userID\":\"alice\",\"nickname\":\"n\"}}";
    assertThat(server.rest("alice", UPDATE_EX, body))
        .isEqualTo("1001 ex is longer than 16384 bytes");
    hooks.onUpdate(asked -> {
      throw ImError.NO_PERMISSION.with("not by the hook");
    });
    assertThat(server.rest("alice", UPDATE_EX, body)).isEqualTo("1002 not by the hook");
    assertThat(server.rest("eve", UPDATE_EX, body)).isEqualTo("1002 ownerUserID, alice=MISSING");
    assertThat(server.rest("eve", UPDATE_EX, body.replace("alice", "eve")))
        .as("the hook comes before the look-up")
        .isEqualTo("1002 not by the hook");
    assertThat(alicesInfo()).isEqualTo(info("by hook", "f", "hooked", 1));
  }

  @Test
  void fiftyWhoChangeOneProfileLeaveOneState() throws Exception {
    List<Callable<String>> writers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String body =
          ("{\"userInfo\":{\"userID\":\"alice\",\"nickname\":\"n%d\",\"faceURL\":\"f%d\","
                  + "\"ex\":\"e%d\"}}")
              .formatted(i, i, i);
      var method = i % 2 == 0 ? userGrpc.getUpdateUserInfoMethod() : UPDATE_EX;
      writers.add(() -> server.rest("alice", method, body));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> answer : threads.invokeAll(writers)) {
        assertThat(answer.get()).isEqualTo("{}");
      }
    }
    User alice = directory.find(List.of(new UserId("alice"))).getFirst();
    String last = alice.nickname().substring(1);
    assertThat(alice)
        .isEqualTo(new User(alice.userId(), "n" + last, "f" + last, "e" + last, 1, 1, 3));
    assertThat(database.notifications("n_alice_alice")).hasSize(50);
    assertThat(database.number("SELECT change_count FROM profile_change")).isEqualTo(50);
    assertThat(database.number("SELECT last_version FROM outbox_conversation")).isEqualTo(50);
  }
}
