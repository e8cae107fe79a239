package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.rest.AdminApi;
import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.Secret;
import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.push.DelUserPushTokenResp;
import im.hongyan.proto.relation.addBlackReq;
import im.hongyan.proto.relation.addBlackResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.SubUserOnlineStatusElem;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.RequiresTool;
import im.hongyan.testkit.system.Cluster;
import im.hongyan.testkit.system.Cluster.Service;
import im.hongyan.testkit.system.StoreServers.Store;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves the way of a message over gRPC on TCP, with every service and every store as a process of
 * its own, that each of them may be killed and come back, and what each shows of itself.
 */
@RequiresTool("etcd")
class ClusterE2E {
  private static final int LANES = 4;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private static Path folder;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = new Cluster(folder.resolve("cluster"));
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aMessageTravelsThroughAllProcessesAndSurvivesTheirKills() {
    List<String> sent = new ArrayList<>();
    String alice = "alice";
    String bob = "雁bob";
    say(alice, bob, "before", sent);
    for (Service service : Service.values()) {
      cluster.kill(service);
      cluster.startAgain(service);
      say(alice, bob, "after " + service, sent);
    }
    for (Store store : Store.values()) {
      cluster.stores().kill(store);
      cluster.stores().startAgain(store);
      say(alice, bob, "after " + store, sent);
    }
    Eventually.eventually(
        TIMEOUT,
        () ->
            LaneLag.requireNone(
                LANES, cluster.ops(Service.MSG_TRANSFER), cluster.ops(Service.PUSH_SERVICE)));
    String conversation = im.hongyan.wire.id.ConversationId.single(alice, bob).value();
    try (StoredMessages stored = new StoredMessages(cluster.stores().settings())) {
      List<Long> seqs = stored.seqs(conversation);
      List<MsgData> history = stored.history(conversation, seqs);
      assertThat(history).extracting(MsgData::getClientMsgID).isEqualTo(sent);
      assertThat(stored.inbox(conversation, seqs)).isEqualTo(history);
      assertThat(seqs.getLast()).isEqualTo(sent.size());
    }
  }

  @Test
  void twoGatewaysKnowEachOthersUsersUntilOneIsKilled() {
    SystemAddress first = cluster.address();
    SystemAddress second = cluster.startGateway("gateway-ws-2");
    LoginOptions old = second.login("dave", Platform.WINDOWS);
    try (TestUser carol = new TestUser(first.login("carol", Platform.ANDROID));
        TestUser dave = new TestUser(old)) {
      carol.subscribe(dave.id());
      assertThat(carol.awaitStatus().getOnlinePlatformIDsList())
          .containsExactly(Platform.WINDOWS.number());
      MsgData there = carol.text(dave.id(), "to the other gateway");
      carol.send(there);
      assertThat(dave.awaitPush().message().getClientMsgID()).isEqualTo(there.getClientMsgID());
      assertThat(carol.awaitPush().message().getClientMsgID()).isEqualTo(there.getClientMsgID());

      // Tokens of one second are the same text, and the same token kicks nobody.
      LoginOptions fresh =
          Eventually.value(() -> {
            LoginOptions next = first.login("dave", Platform.WINDOWS);
            assertThat(next.token()).isNotEqualTo(old.token());
            return next;
          });
      try (TestUser moved = new TestUser(fresh)) {
        assertThat(dave.awaitEnd()).isEqualTo("kicked");
        MsgData here = carol.text(moved.id(), "after the move");
        carol.send(here);
        assertThat(awaitMessage(moved, here)).isEqualTo(here.getClientMsgID());
      }
      assertThat(awaitOffline(carol)).isEqualTo(dave.id());
    }
    try (TestUser carol = new TestUser(first.login("carol", Platform.ANDROID));
        TestUser dave = new TestUser(second.login("dave", Platform.WINDOWS))) {
      carol.subscribe(dave.id());
      assertThat(carol.awaitStatus().getOnlinePlatformIDsCount()).isEqualTo(1);
      cluster.killOther("gateway-ws-2");
      assertThat(awaitOffline(carol)).as("by the lease alone").isEqualTo("dave");
    }
  }

  @Test
  void afterALostRedisTokensStayValidAndMessagesFindEverybody() {
    LoginOptions erin = cluster.address().login("erin", Platform.ANDROID);
    LoginOptions frank = cluster.address().login("frank", Platform.ANDROID);
    try (TestUser there = new TestUser(frank)) {
      String uri = Objects.requireNonNull(cluster.stores().settings().get("redis.uri"));
      try (Redis redis = Redis.open(new Secret(uri))) {
        Redis.await(redis.commands().flushall());
      }
      TestUser back = Eventually.value(() -> new TestUser(erin));
      try (back) {
        MsgData message = back.text(there.id(), "after the loss");
        Eventually.eventually(TIMEOUT, () -> back.send(message));
        assertThat(awaitMessage(there, message)).isEqualTo(message.getClientMsgID());
        back.subscribe(there.id());
        assertThat(back.awaitStatus().getOnlinePlatformIDsList())
            .as("registered anew")
            .containsExactly(Platform.ANDROID.number());
      }
      assertThat(there.waitingEnds()).as("nobody was logged out").isZero();
    }
    new TestUser(frank).close();
  }

  @Test
  void whoIsBlockedIsRefusedFromThenOn() throws Exception {
    LoginOptions grace = cluster.address().login("grace", Platform.ANDROID);
    try (TestUser heidi = new TestUser(cluster.address().login("heidi", Platform.ANDROID));
        RestClient rest = new RestClient(cluster.address().api())) {
      heidi.send(heidi.text(grace.userId(), "before"));
      rest.call(
          "/friend/add_black",
          grace.token(),
          addBlackReq
              .newBuilder()
              .setOwnerUserID(grace.userId())
              .setBlackUserID(heidi.id())
              .build(),
          addBlackResp.getDefaultInstance());
      assertThatThrownBy(() -> heidi.send(heidi.text(grace.userId(), "from then on")))
          .isInstanceOfSatisfying(
              ImException.class, e -> assertThat(e.is(ImError.BLOCKED_BY_PEER)).isTrue());
    }
  }

  /**
   * errors-config-ops.md 7 and 8, of each process for itself. What is counted by path or code shows
   * up with its first call, so that something is made to happen at each of them.
   */
  @Test
  void everyProcessShowsItsMetricsItsHealthAndItsReadiness() throws Exception {
    MetricsTable table = MetricsTable.read();
    cluster.address().login("judy", Platform.ANDROID);
    Eventually.eventually(
        TIMEOUT,
        () -> {
          try (TestUser ivan = new TestUser(cluster.address().login("ivan", Platform.ANDROID))) {
            ivan.send(ivan.text("judy", "for the counters"));
            ivan.request(
                2003,
                DelUserPushTokenReq.newBuilder().setUserID(ivan.id()).setPlatformID(2).build(),
                DelUserPushTokenResp.parser());
          }
          askForNobody();
          for (Service service : Service.values()) {
            URI page = cluster.ops(service);
            assertThat(get(page.resolve("/healthz")).body()).isEqualTo("alive\n");
            assertThat(get(page.resolve("/readyz")).statusCode()).as("%s", service).isEqualTo(200);
            HttpResponse<String> metrics = get(page.resolve("/metrics"));
            assertThat(metrics.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
            table.requireAllOf(service, metrics.body());
          }
        });
  }

  /** Through the gateways' own route, and through one that is not there. */
  private static void askForNobody() throws Exception {
    String token = cluster.address().asAdmin(AdminApi::token);
    for (String path : List.of("/user/get_users_online_status", "/nowhere")) {
      HttpRequest request =
          HttpRequest.newBuilder(cluster.address().api().resolve(path))
              .headers("operationID", "metrics", "token", token)
              .POST(HttpRequest.BodyPublishers.ofString("{\"userIDs\":[\"nobody\"]}"))
              .build();
      try (HttpClient http = HttpClient.newHttpClient()) {
        http.send(request, HttpResponse.BodyHandlers.ofString());
      }
    }
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  /** Catching up may push what came before, so others are passed over. */
  private static String awaitMessage(TestUser user, MsgData wanted) {
    String id = "";
    while (!id.equals(wanted.getClientMsgID())) {
      id = user.awaitPush().message().getClientMsgID();
    }
    return id;
  }

  private static String awaitOffline(TestUser watcher) {
    SubUserOnlineStatusElem status = watcher.awaitStatus();
    while (status.getOnlinePlatformIDsCount() > 0) {
      status = watcher.awaitStatus();
    }
    return status.getUserID();
  }

  /** Sends until it is acknowledged, under one client id, and sees it pushed to the receiver. */
  private static void say(String from, String to, String text, List<String> sent) {
    Eventually.eventually(TIMEOUT, () -> cluster.address().login(to, Platform.IOS));
    MsgData[] message = new MsgData[1];
    Eventually.eventually(
        TIMEOUT,
        () -> {
          try (TestUser sender = new TestUser(cluster.address().login(from, Platform.IOS));
              TestUser receiver = new TestUser(cluster.address().login(to, Platform.IOS))) {
            if (message[0] == null) {
              message[0] = sender.text(to, text);
            }
            boolean first = !sent.contains(message[0].getClientMsgID());
            sender.send(message[0]);
            if (first) {
              sent.add(message[0].getClientMsgID());
              assertThat(awaitMessage(receiver, message[0])).isEqualTo(message[0].getClientMsgID());
            }
          }
        });
  }
}
