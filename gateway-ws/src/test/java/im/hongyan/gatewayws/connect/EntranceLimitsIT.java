package im.hongyan.gatewayws.connect;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawHttp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that a process answers so many requests and handshakes at once, and has so many
 * connections without a handshake, and that what is over is refused at once with a code after which
 * clients try again (websocket.md 8.1, 10.3: 6).
 */
class EntranceLimitsIT {
  private static Gateways gateways;
  private static Gateway gateway;
  private CountDownLatch held;

  @BeforeAll
  static void start() {
    gateways =
        new Gateways(
            Map.of(
                "gateway.ws.maxConcurrentRequests",
                "2",
                "gateway.ws.maxConcurrentHandshakes",
                "2",
                "gateway.ws.maxHalfOpen",
                "5"));
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @BeforeEach
  void reset() {
    held = new CountDownLatch(1);
  }

  private void hold() {
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static double active(String limit) {
    return gateway.meters().get("limit_active").tag("limit", limit).gauge().value();
  }

  private static Map<String, String> arguments(String user) {
    return Client.arguments(
        user, Platform.ANDROID, FakeAuth.token(user, Platform.ANDROID, "limits"));
  }

  /** When earlier handshakes have left; their clients have the answer a moment before. */
  private static Client connect(String user) throws Exception {
    eventually(() -> assertThat(active("ws_handshakes")).isZero());
    return Client.connect(gateway.address(), arguments(user));
  }

  @Test
  void requestsOverTheLimitAreAnswered429AndTheConnectionStays() throws Exception {
    gateways
        .msg()
        .onPull(request -> {
          hold();
          return PullMessageBySeqsResp.getDefaultInstance();
        });
    gateways
        .msg()
        .onSend(request -> {
          hold();
          return SendOutcome.getDefaultInstance();
        });
    try (Client puller = connect("puller");
        Client sender = connect("sender");
        Client third = connect("third")) {
      puller.send(1002, PullMessageBySeqsReq.getDefaultInstance());
      sender.send(1003, MsgData.getDefaultInstance());
      eventually(() -> assertThat(active("ws_requests")).isEqualTo(2));
      for (int id : List.of(1001, 1003)) {
        assertThat(third.ask(id, GetMaxSeqReq.getDefaultInstance()).errCode())
            .isEqualTo(ImError.TOO_MANY_REQUESTS.code());
      }
      held.countDown();
      assertThat(puller.read().errCode()).isZero();
      assertThat(sender.read().errCode()).isZero();
      assertThat(third.ask(1001, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero();
    } finally {
      held.countDown();
    }
    eventually(() -> assertThat(active("ws_requests")).isZero());
  }

  private static RawHttp handshake(String user) throws IOException {
    String query = Client.address(gateway.address(), arguments(user)).getRawQuery();
    return new RawHttp(gateway.port()).send("GET", "/?" + query, RawHttp.upgrade());
  }

  @Test
  void handshakesOverTheLimitAreRefusedWith1601() throws Exception {
    eventually(() -> assertThat(active("ws_handshakes")).isZero());
    gateways.auth().beforeConnect(this::hold);
    try (RawHttp first = handshake("first");
        RawHttp second = handshake("second")) {
      eventually(() -> assertThat(active("ws_handshakes")).isEqualTo(2));
      try (RawHttp third = handshake("third")) {
        assertThat(new String(third.readToEnd(), StandardCharsets.UTF_8))
            .contains("{\"errCode\":1601,", "too many handshakes at once");
      }
      held.countDown();
      assertThat(first.readHead()).startsWith("HTTP/1.1 101 ");
      assertThat(second.readHead()).startsWith("HTTP/1.1 101 ");
    } finally {
      held.countDown();
      gateways.auth().beforeConnect(() -> {});
    }
    eventually(() -> assertThat(active("ws_handshakes")).isZero());
    connect("fourth").close();
  }

  /** A handshake that is refused, or broken off, gives its place back. */
  @Test
  void refusedHandshakesLeave() throws Exception {
    gateways.auth().refuse(FakeAuth.token("bad", Platform.ANDROID, "limits"), ImError.ARGS.bare());
    for (int i = 0; i < 5; i++) {
      try (RawHttp refused = handshake("bad")) {
        assertThat(new String(refused.readToEnd(), StandardCharsets.UTF_8)).contains("1001");
      }
    }
    String query = Client.address(gateway.address(), arguments("plain")).getRawQuery();
    for (int i = 0; i < 5; i++) {
      try (RawHttp plain = new RawHttp(gateway.port()).send("GET", "/?" + query, List.of())) {
        assertThat(new String(plain.readToEnd(), StandardCharsets.UTF_8)).contains(" 400 ");
      }
    }
    eventually(() -> assertThat(active("ws_handshakes")).isZero());
  }

  @Test
  void ofTooManyConnectionsWithoutAHandshakeTheOldestIsClosed() throws Exception {
    List<RawHttp> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        silent.add(new RawHttp(gateway.port()));
      }
      eventually(() -> assertThat(active("ws_half_open")).isEqualTo(5));
      // The gateway's own probe may have taken the place of the first.
      connect("after").close();
      assertThat(silent.getFirst().readToEnd()).isEmpty();
    } finally {
      for (RawHttp client : silent) {
        client.close();
      }
    }
    eventually(() -> assertThat(active("ws_half_open")).isZero());
  }

  @Test
  void headsThatAreTooLongAreAnswered() throws Exception {
    for (var row :
        Map.of(
                "GET /?" + "a".repeat(9_000),
                " 414 ",
                "GET / HTTP/1.1\r\nX: " + "a".repeat(17_000),
                " 431 ",
                "GET / HTTP/1.1\r\n" + "a:\r\n".repeat(4_000),
                " 431 ",
                "nonsense\r\n\r\n",
                " 400 ")
            .entrySet()) {
      try (RawHttp client = new RawHttp(gateway.port())) {
        client.send(row.getKey().getBytes(StandardCharsets.US_ASCII));
        assertThat(client.readHead()).contains(row.getValue());
      }
    }
  }

  @Test
  void anUnfinishedHeadCountsAtWhatItHolds() throws Exception {
    try (RawHttp client = new RawHttp(gateway.port())) {
      client.send(("GET / HTTP/1.1\r\n" + "a:\r\n".repeat(90)).getBytes(StandardCharsets.US_ASCII));
      eventually(() ->
          assertThat(gateway.meters().get("budget_bytes").tag("budget", "ws_heads").gauge().value())
              .isGreaterThan(90 * 100));
    }
    eventually(() -> assertThat(active("ws_half_open")).isZero());
  }
}
