package im.hongyan.gatewayws.presence;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.presence.PresenceReader;
import im.hongyan.proto.sdkws.SubUserOnlineStatus;
import im.hongyan.proto.sdkws.SubUserOnlineStatusElem;
import im.hongyan.proto.sdkws.SubUserOnlineStatusTips;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves websocket.md 7: who is connected is known before the handshake is answered, is told to
 * those who subscribed, on every gateway, is written anew after Redis was emptied, and ends with
 * the connection or with its gateway.
 */
class Section7PresenceIT {
  private static int users;
  private static Gateways gateways;
  private static Gateway a;
  private static Gateway b;
  private static PresenceReader reader;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of("gateway.ws.maxSubscriptions", "5"));
    a = gateways.start("a");
    b = gateways.start("b");
    reader = new PresenceReader(gateways.redis());
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static String user() {
    return "user" + ++users;
  }

  private static Client login(Gateway node, String user, Platform platform) throws IOException {
    return Client.connect(
        node.address(), user, platform, FakeAuth.token(user, platform, node.nodeId()));
  }

  private static SubUserOnlineStatus subscribe(String... users) {
    return SubUserOnlineStatus.newBuilder().addAllSubscribeUserID(Arrays.asList(users)).build();
  }

  private static SubUserOnlineStatusTips tips(ResponseFrame frame) throws Exception {
    assertThat(frame.reqIdentifier()).isEqualTo(2005);
    assertThat(frame.errCode()).isZero();
    return frame.data() == null
        ? SubUserOnlineStatusTips.getDefaultInstance()
        : SubUserOnlineStatusTips.parseFrom(frame.data());
  }

  private static SubUserOnlineStatusTips told(String user, Platform... platforms) {
    return SubUserOnlineStatusTips.newBuilder()
        .addSubscribers(
            SubUserOnlineStatusElem.newBuilder()
                .setUserID(user)
                .addAllOnlinePlatformIDs(Arrays.stream(platforms).map(Platform::number).toList()))
        .build();
  }

  private static Set<Integer> online(Gateway node, String user) {
    return reader.read(List.of(node.nodeId()), List.of(user)).values().stream()
        .flatMap(found -> found.platforms().getOrDefault(user, Set.of()).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void section7_1AConnectionIsKnownWhenItsHandshakeIsAnsweredAndNoLongerWhenItEnded()
      throws Exception {
    String alice = user();
    try (Client phone = login(a, alice, Platform.ANDROID);
        Client pad = login(a, alice, Platform.IPAD)) {
      assertThat(phone).isNotNull();
      assertThat(online(a, alice))
          .as("without waiting")
          .containsExactly(Platform.ANDROID.number(), Platform.IPAD.number());
      pad.hangUp();
      eventually(() -> assertThat(online(a, alice)).containsExactly(Platform.ANDROID.number()));
    }
    eventually(() -> assertThat(online(a, alice)).isEmpty());
  }

  @Test
  void section7_4SubscribersAreToldEverywhereAndPushesHaveNoIds() throws Exception {
    String alice = user();
    String bob = user();
    try (Client watcher = login(b, bob, Platform.WEB)) {
      ResponseFrame reply = watcher.ask(2005, subscribe(alice));
      assertThat(tips(reply)).isEqualTo(told(alice));
      Client phone = login(a, alice, Platform.ANDROID);
      ResponseFrame push = watcher.read();
      assertThat(tips(push)).isEqualTo(told(alice, Platform.ANDROID));
      assertThat(push.msgIncr() + push.operationID()).isEmpty();
      Client desk = login(b, alice, Platform.WINDOWS);
      assertThat(tips(watcher.read())).isEqualTo(told(alice, Platform.ANDROID, Platform.WINDOWS));
      phone.hangUp();
      assertThat(tips(watcher.read())).isEqualTo(told(alice, Platform.WINDOWS));
      desk.hangUp();
      assertThat(tips(watcher.read())).isEqualTo(told(alice));
    }
  }

  @Test
  void section7_6RepliesComeInTheOrderAskedAndUnsubscribingAloneIsEmpty() throws Exception {
    String alice = user();
    String bob = user();
    String carol = user();
    try (Client online = login(a, carol, Platform.IOS);
        Client watcher = login(b, bob, Platform.WEB)) {
      SubUserOnlineStatusTips answer = tips(watcher.ask(2005, subscribe(carol, alice, carol)));
      assertThat(answer.getSubscribersList().stream().map(SubUserOnlineStatusElem::getUserID))
          .containsExactly(carol, alice, carol);
      assertThat(answer.getSubscribers(0).getOnlinePlatformIDsList())
          .containsExactly(Platform.IOS.number());
      ResponseFrame none =
          watcher.ask(2005, SubUserOnlineStatus.newBuilder().addUnsubscribeUserID(carol).build());
      assertThat(tips(none)).isEqualTo(SubUserOnlineStatusTips.getDefaultInstance());
      online.hangUp();
      Client known = login(a, alice, Platform.IOS);
      assertThat(tips(watcher.read()))
          .as("carol is not told any more")
          .isEqualTo(told(alice, Platform.IOS));
      known.hangUp();
    }
  }

  @Test
  void section7_6AUserInBothListsIsSubscribed() throws Exception {
    String alice = user();
    try (Client watcher = login(b, user(), Platform.WEB)) {
      watcher.ask(
          2005,
          SubUserOnlineStatus.newBuilder()
              .addSubscribeUserID(alice)
              .addUnsubscribeUserID(alice)
              .build());
      Client phone = login(a, alice, Platform.ANDROID);
      assertThat(tips(watcher.read())).isEqualTo(told(alice, Platform.ANDROID));
      phone.hangUp();
    }
  }

  @Test
  void section7_6SubscriptionsEndWithTheConnectionAndAreBounded() throws Exception {
    String bob = user();
    try (Client watcher = login(b, bob, Platform.WEB)) {
      String[] six = IntStream.range(0, 6).mapToObj(i -> "six" + i).toArray(String[]::new);
      assertThat(watcher.ask(2005, subscribe(six)).errCode()).isEqualTo(1001);
      assertThat(watcher.ask(2005, subscribe(Arrays.copyOf(six, 5))).errCode()).isZero();
    }
    String alice = user();
    try (Client again = login(b, bob, Platform.WEB);
        Client other = login(b, user(), Platform.WEB)) {
      other.ask(2005, subscribe("six0"));
      Client six = login(a, "six0", Platform.ANDROID);
      assertThat(tips(other.read())).isEqualTo(told("six0", Platform.ANDROID));
      six.hangUp();
      assertThat(tips(again.ask(2005, subscribe(alice))))
          .as("the next frame is the reply, not a status of six0")
          .isEqualTo(told(alice));
    }
  }

  @Test
  void section7_6IdsThatNobodyHasAndListsWithoutAnEndAreRefused() throws Exception {
    String bob = user();
    String[] often = new String[6];
    Arrays.fill(often, "twice");
    try (Client watcher = login(b, bob, Platform.WEB)) {
      assertThat(watcher.ask(2005, subscribe("x".repeat(65))).errCode()).isEqualTo(1001);
      assertThat(watcher.ask(2005, subscribe(often)).errCode()).isEqualTo(1001);
      assertThat(watcher.ask(2005, subscribe("x".repeat(64))).errCode()).isZero();
    }
  }

  @Test
  void section7_6TheConnectionsOfAUserShareABound() throws Exception {
    Gateway shared = gateways.start("shared", Map.of("gateway.ws.maxSubscriptionsPerUser", "3"));
    String bob = user();
    try (Client first = login(shared, bob, Platform.WEB)) {
      try (Client second = login(shared, bob, Platform.ANDROID)) {
        assertThat(second.ask(2005, subscribe("s1", "s2")).errCode()).isZero();
        assertThat(first.ask(2005, subscribe("s1", "s2")).errCode()).isEqualTo(1001);
        assertThat(first.ask(2005, subscribe("s1")).errCode()).isZero();
      }
      // Those of a connection that ended are free.
      eventually(() -> assertThat(first.ask(2005, subscribe("s1", "s2", "s3")).errCode()).isZero());
    } finally {
      shared.stop();
    }
  }

  @Test
  void section7_2AfterALostRedisEverythingIsWrittenAnewAndNobodyIsToldThatAnybodyWent()
      throws Exception {
    String alice = user();
    String bob = user();
    try (Client phone = login(a, alice, Platform.ANDROID);
        Client watcher = login(b, bob, Platform.WEB)) {
      assertThat(phone).isNotNull();
      assertThat(tips(watcher.ask(2005, subscribe(alice, bob))).getSubscribersList())
          .allMatch(status -> status.getOnlinePlatformIDsCount() == 1);
      Redis.await(gateways.redis().commands().flushall());
      eventually(() -> {
        assertThat(online(a, alice)).containsExactly(Platform.ANDROID.number());
        assertThat(online(b, bob)).containsExactly(Platform.WEB.number());
      });
      Client pad = login(a, alice, Platform.IPAD);
      assertThat(tips(watcher.read()))
          .as("the first thing that bob hears")
          .isEqualTo(told(alice, Platform.ANDROID, Platform.IPAD));
      pad.hangUp();
    }
  }

  @Test
  void section7_2AGatewayThatStopsTakesItsUsersWithIt() throws Exception {
    String alice = user();
    Gateway c = gateways.start("c", Map.of("gateway.ws.drain", "0s"));
    try (Client watcher = login(b, user(), Platform.WEB);
        Client phone = login(c, alice, Platform.ANDROID)) {
      assertThat(tips(watcher.ask(2005, subscribe(alice))))
          .isEqualTo(told(alice, Platform.ANDROID));
      c.stop();
      assertThat(tips(watcher.read())).isEqualTo(told(alice));
      assertThat(phone.readToEnd()).isEqualTo(1001);
    }
  }

  /** A gateway that is killed publishes nothing: its key expires, here by the test's own hand. */
  @Test
  void section7_2UsersOfAKilledGatewayGoOfflineWhenItsLeaseEnds() throws Exception {
    String alice = user();
    try (Client watcher = login(b, user(), Platform.WEB)) {
      gateways.pretend("killed", alice, Platform.ANDROID);
      assertThat(tips(watcher.ask(2005, subscribe(alice))))
          .isEqualTo(told(alice, Platform.ANDROID));
      Redis.await(
          gateways.redis().commands().del("presence:{killed}".getBytes(StandardCharsets.UTF_8)));
      gateways.forget("killed");
      assertThat(tips(watcher.read())).isEqualTo(told(alice));
    }
  }
}
