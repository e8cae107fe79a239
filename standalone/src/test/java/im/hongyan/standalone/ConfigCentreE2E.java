package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.RequiresTool;
import im.hongyan.testkit.system.Cluster;
import im.hongyan.testkit.system.Cluster.Service;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.StoreServers.Store;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.json.GoJson;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves rest-message.md 10 and 11 where every service is a process and settings are in etcd: what
 * is live is taken at once, the rest at the next start and said so, what cannot be used is refused,
 * and the last good values stay while etcd is away.
 */
@RequiresTool("etcd")
class ConfigCentreE2E {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private static Path folder;
  private static Cluster cluster;
  private static AdminRoutes admin;

  @BeforeAll
  static void start() {
    cluster = new Cluster(folder.resolve("cluster"));
    admin = new AdminRoutes(cluster.address());
  }

  @AfterAll
  static void stop() {
    if (admin != null) {
      admin.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void beginEnabledWithNothing() {
    enable(true);
    assertThat(admin.body("/config/reset_config", "not read")).isEqualTo(AdminRoutes.OK);
  }

  private static void enable(boolean on) {
    assertThat(admin.body("/config/set_enable_config_manager", "{\"enable\":" + on + "}"))
        .isEqualTo(AdminRoutes.OK);
    assertThat(admin.body("/config/get_enable_config_manager", "not read"))
        .isEqualTo(
            "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":{\"enable\":" + on + "}}");
  }

  private static String set(String name, String data) {
    return admin.body(
        "/config/set_config",
        "{\"configName\":" + GoJson.quote(name) + ",\"data\":" + GoJson.quote(data) + "}");
  }

  private static String section(String name) {
    return admin
        .data("/config/get_config", "{\"configName\":" + GoJson.quote(name) + "}")
        .asString();
  }

  private static List<String> waiting() {
    return admin
        .data("/config/get_config_list", "")
        .get("waiting")
        .valueStream()
        .map(key -> key.asString())
        .toList();
  }

  /** 1303 for a stranger only while friends alone may send. */
  private static void requireFriends(boolean wanted) {
    LoginOptions alice = cluster.address().login("alice", Platform.ANDROID);
    cluster.address().login("bob", Platform.ANDROID);
    Eventually.eventually(() -> {
      try (TestUser user = new TestUser(alice)) {
        MsgData message = user.text("bob", "hello");
        if (wanted) {
          assertThatThrownBy(() -> user.send(message))
              .isInstanceOfSatisfying(
                  ImException.class, e -> assertThat(e.is(ImError.NOT_PEERS_FRIEND)).isTrue());
        } else {
          user.send(message);
        }
      }
    });
  }

  @Test
  void whatIsLiveIsTakenAtOnceAndBackAndOnlyWhileEnabled() {
    requireFriends(false);
    assertThat(set("msg", "{\"FriendVerify\":true}")).isEqualTo(AdminRoutes.OK);
    requireFriends(true);
    cluster.await(
        Service.RPC_MSG, Pattern.compile("new values from etcd are in use: msg.friendVerify"));
    assertThat(admin.body("/config/reset_config", "")).isEqualTo(AdminRoutes.OK);
    requireFriends(false);

    assertThat(set("msg", "{\"friendVerify\":true}")).isEqualTo(AdminRoutes.OK);
    requireFriends(true);
    enable(false);
    requireFriends(false);
    enable(true);
    requireFriends(false);
    assertThat(section("msg")).as("turned on with the files' values").doesNotContain("true,\"h");
  }

  @Test
  void whatIsNotLiveWaitsForTheNextStartAndIsNamed() {
    String before = section("msg");
    assertThat(
            set(
                "msg",
                before.replace("\"maxConcurrentSends\":10000", "\"maxConcurrentSends\":9000")))
        .isEqualTo(AdminRoutes.OK);
    assertThat(waiting()).containsExactly("msg.maxConcurrentSends");
    assertThat(section("msg")).as("the running process's").isEqualTo(before);
    cluster.await(
        Service.RPC_MSG,
        Pattern.compile("at the next start of this process: msg.maxConcurrentSends"));
    cluster.kill(Service.GATEWAY_HTTP);
    cluster.startAgain(Service.GATEWAY_HTTP);
    Eventually.eventually(
        TIMEOUT, () -> assertThat(section("msg")).contains("\"maxConcurrentSends\":9000"));
    assertThat(waiting()).isEmpty();
  }

  /** Each is refused as a whole, and what was stored before stays. */
  @Test
  void whatCannotBeUsedIsRefusedAndChangesNothing() {
    assertThat(set("msg", "{\"conversationRate\":2000}")).isEqualTo(AdminRoutes.OK);
    Map.of(
            "{\"conversationRate\":0}", "msg.conversationRate must be a number from 1",
            "{\"conversationRat\":1}", "did you mean msg.conversationRate?",
            "{\"conversationRate\":{}}", "msg.conversationRate cannot be an object",
            "[]", "not an object",
            "{", "")
        .forEach((data, why) ->
            assertThat(set("msg", data))
                .as(data)
                .startsWith("{\"errCode\":1001,\"errMsg\":\"ArgsError\"")
                .contains(why)
                .doesNotContain("\"data\""));
    assertThat(set("nothing", "{}")).contains("\"errCode\":1001", "config name not found");
    assertThat(set("etcd", "{\"prefix\":\"/x/\"}")).contains("\"errCode\":1001", "before etcd");
    assertThat(section("msg")).contains("\"conversationRate\":2000");
  }

  @Test
  void secretsAreMaskedAndAMaskChangesNone() {
    String share = section("share");
    assertThat(share).contains("\"secret\":\"***\"").doesNotContain(RunningSystem.SECRET);
    assertThat(set("share", share)).isEqualTo(AdminRoutes.OK);
    assertThat(waiting()).isEmpty();
    for (String name : List.of("mysql", "mongo", "redis", "kafka", "etcd")) {
      cluster
          .stores()
          .settings()
          .forEach((key, value) -> {
            if (key.endsWith("password") || key.endsWith("uri")) {
              assertThat(section(name)).as(name).doesNotContain(value);
            }
          });
    }
  }

  @Test
  void theLastGoodValuesStayWhileEtcdIsAway() {
    assertThat(set("msg", "{\"friendVerify\":true}")).isEqualTo(AdminRoutes.OK);
    requireFriends(true);
    cluster.stores().kill(Store.ETCD);
    requireFriends(true);
    assertThat(section("msg")).contains("\"friendVerify\":true");
    assertThat(admin.body("/config/get_enable_config_manager", "")).contains("\"enable\":true");
    assertThat(set("msg", "{}")).contains("\"errCode\":500");
    assertThat(admin.body("/config/reset_config", "")).contains("\"errCode\":500");
    assertThat(admin.body("/restart", "")).contains("\"errCode\":500");
    assertThat(admin.get("/prometheus_discovery/auth")).contains("\"targets\":[");
    cluster.stores().startAgain(Store.ETCD);
    Eventually.eventually(
        TIMEOUT,
        () -> assertThat(admin.body("/config/reset_config", "")).isEqualTo(AdminRoutes.OK));
    requireFriends(false);
  }

  @Test
  void prometheusFindsEveryProcess() {
    Map.ofEntries(
            Map.entry("api", Service.GATEWAY_HTTP),
            Map.entry("user", Service.RPC_RELATION),
            Map.entry("group", Service.RPC_RELATION),
            Map.entry("friend", Service.RPC_RELATION),
            Map.entry("conversation", Service.RPC_RELATION),
            Map.entry("msg", Service.RPC_MSG),
            Map.entry("auth", Service.RPC_AUTH),
            Map.entry("push", Service.PUSH_SERVICE),
            Map.entry("msg_gateway", Service.GATEWAY_WS),
            Map.entry("msg_transfer", Service.MSG_TRANSFER))
        .forEach((name, service) -> {
          URI ops = cluster.ops(service);
          Eventually.eventually(
              TIMEOUT,
              () ->
                  assertThat(admin.get("/prometheus_discovery/" + name))
                      .isEqualTo(
                          "[{\"targets\":[\""
                              + ops.getAuthority()
                              + "\"],\"labels\":{\"namespace\":\"default\"}}]"));
        });
    assertThat(admin.get("/prometheus_discovery/third")).isEqualTo("[]");
  }

  @Test
  void aRestartEndsEveryProcessWithZeroForItsSupervisor() {
    LoginOptions carol = cluster.address().login("carol", Platform.ANDROID);
    LoginOptions dave = cluster.address().login("dave", Platform.ANDROID);
    MsgData before;
    try (TestUser user = new TestUser(carol)) {
      before = user.text("dave", "before");
      user.send(before);
    }
    assertThat(admin.body("/restart", "not read")).isEqualTo(AdminRoutes.OK);
    for (Service service : Service.values()) {
      assertThat(cluster.awaitExit(service)).as(service.toString()).isZero();
    }
    for (Service service : Service.values()) {
      cluster.startAgain(service);
    }
    Eventually.eventually(
        TIMEOUT,
        () -> {
          try (TestUser user = new TestUser(carol);
              TestUser reader = new TestUser(dave)) {
            MsgData after = user.text("dave", "after");
            user.send(after);
            while (!user.awaitPush().message().getClientMsgID().equals(after.getClientMsgID())) {}
            List<MsgData> all = reader.pull("si_carol_dave", 1, 10);
            assertThat(all.getFirst().getClientMsgID()).isEqualTo(before.getClientMsgID());
            assertThat(all.getLast().getSeq()).isEqualTo(all.size());
          }
        });
  }
}
