package im.hongyan.gatewayws.login;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.websocket.HandshakeRefusedException;
import im.hongyan.client.websocket.WsMessage;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.gatewaypeer.CloseRequest;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Proves websocket.md 6: which connections a login ends on its own gateway and on others, with the
 * frame and the token's state that the client sees, and which it leaves alone.
 */
class Section6LoginsIT {
  private static final ResponseFrame KICK = new ResponseFrame(2002, "", "", 0, "", null);
  private static int users;
  private static Gateways gateways;
  private static List<Gateway> nodes;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
    nodes = List.of(gateways.start("a"), gateways.start("b"));
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static Client login(Gateway node, String user, Platform platform, String token)
      throws IOException {
    return Client.connect(node.address(), user, platform, token);
  }

  private static void assertKicked(Client client) throws Exception {
    assertThat(client.read()).isEqualTo(KICK);
    assertThat(client.socket().read()).isInstanceOf(WsMessage.Closed.class);
  }

  private static void assertAlive(Client client) throws Exception {
    assertThat(client.ask(1001, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero();
  }

  private static String user() {
    return "user" + ++users;
  }

  /** Each row: the policy, the older login, the newer one, whether the older ends. */
  @ParameterizedTest
  @CsvSource({
    "1, ANDROID, ANDROID, true",
    "1, ANDROID, IOS, false",
    "1, ADMIN, ADMIN, true",
    "1, HARMONY_OS, HARMONY_OS, true",
    "1, BOT, BOT, true",
    "0, ANDROID, ANDROID, false",
    "4, IOS, ANDROID, true",
    "4, WINDOWS, LINUX, true",
    "4, ANDROID_PAD, IPAD, true",
    "4, WEB, MINI_WEB, false",
    "4, ANDROID, HARMONY_OS, false",
    "4, BOT, BOT, true",
    "4, BOT, HARMONY_OS, false",
    "5, WINDOWS, OSX, false",
    "5, WINDOWS, WINDOWS, false",
    "5, ANDROID, WINDOWS, false",
    "5, WINDOWS, ANDROID, false",
    "5, WEB, ANDROID, true",
    "5, ANDROID, ADMIN, true",
    "5, HARMONY_OS, IPAD, true",
    "5, ANDROID, BOT, true",
    "5, BOT, WINDOWS, false",
  })
  void section6_4ThePolicyDecidesWhichOlderConnectionEnds(
      int policy, Platform older, Platform newer, boolean ends) {
    assertThat(new LoginRules(policy).ends(newer, older)).isEqualTo(ends);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1"})
  void section6_4AndSection6_5ANewTokenEndsTheOldConnectionHereAndElsewhere(int first, int second)
      throws Exception {
    String user = user();
    String old = FakeAuth.token(user, Platform.ANDROID, "old");
    String fresh = FakeAuth.token(user, Platform.ANDROID, "new");
    try (Client one = login(nodes.get(first), user, Platform.ANDROID, old);
        Client phone =
            login(nodes.get(first), user, Platform.IOS, FakeAuth.token(user, Platform.IOS, "x"));
        Client two = login(nodes.get(second), user, Platform.ANDROID, fresh)) {
      assertKicked(one);
      assertAlive(two);
      assertAlive(phone);
      eventually(() -> assertThat(gateways.auth().state(old)).isEqualTo(1506));
      assertThat(gateways.auth().state(fresh)).isZero();
      assertThatThrownBy(() -> login(nodes.get(first), user, Platform.ANDROID, old))
          .isInstanceOfSatisfying(
              HandshakeRefusedException.class,
              refused -> assertThat(refused.body()).startsWith("{\"errCode\":1506,"));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 1"})
  void section6_4TheSameTokenIsNeverKicked(int first, int second) throws Exception {
    String user = user();
    String token = FakeAuth.token(user, Platform.ANDROID, "same");
    try (Client one = login(nodes.get(first), user, Platform.ANDROID, token);
        Client two = login(nodes.get(second), user, Platform.ANDROID, token)) {
      assertAlive(one);
      assertAlive(two);
      assertThat(gateways.auth().state(token)).isZero();
    }
  }

  @Test
  void section6_4AForcedLogoutEndsAPlatformOnEveryGatewayUpToItsEpoch() throws Exception {
    String user = user();
    String token = FakeAuth.token(user, Platform.ANDROID, "t");
    try (Client one = login(nodes.get(0), user, Platform.ANDROID, token);
        Client pad =
            login(nodes.get(1), user, Platform.IPAD, FakeAuth.token(user, Platform.IPAD, "t"))) {
      long epoch = gateways.auth().nextEpoch();
      try (Client later = login(nodes.get(1), user, Platform.ANDROID, token)) {
        nodes.forEach(node -> close(node, user, epoch));
        assertKicked(one);
        assertAlive(later);
        assertAlive(pad);
      }
    }
  }

  private static void close(Gateway node, String user, long epoch) {
    Gateways.asService(() ->
        RpcChannels.call(
            gateways.channel(node),
            GatewayPeerGrpc.getCloseMethod(),
            CloseRequest.newBuilder()
                .setUserId(user)
                .setPlatformId(Platform.ANDROID.number())
                .setEpoch(epoch)
                .build()));
  }

  /** The fence: an epoch above all that will be given stands for a log-out that came first. */
  @Test
  void section6_4ALoginOnItsWayInDoesNotOutliveAForcedLogout() throws Exception {
    String user = user();
    close(nodes.get(0), user, Long.MAX_VALUE);
    try (Client late =
        login(
            nodes.get(0), user, Platform.ANDROID, FakeAuth.token(user, Platform.ANDROID, "late"))) {
      assertKicked(late);
    }
  }
}
