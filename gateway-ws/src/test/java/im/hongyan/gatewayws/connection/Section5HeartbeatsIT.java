package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.client.websocket.WsMessage;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawHttp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves websocket.md 5: who pings, what is answered, and when silence ends a connection. Time is
 * never measured: a second, silent connection tells that the gateway's limit has passed.
 */
class Section5HeartbeatsIT {
  private static final String ALICE = "alice";
  private static final int MALFORMED = 1007;
  private static final int NO_CLOSE_FRAME = 1006;
  private static Gateways gateways;

  /** With the shipped times, except for the pings to browsers. */
  private static Gateway patient;

  /** Soon tired of silence. */
  private static Gateway hasty;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
    patient = gateways.start("patient", Map.of("gateway.ws.webPing", "50ms"));
    hasty =
        gateways.start(
            "hasty",
            Map.of(
                "gateway.ws.readTimeout", "3s",
                "gateway.ws.requestsPerSecond", "1000000",
                "gateway.ws.requestBurst", "1000000"));
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @BeforeEach
  void reset() {
    gateways.msg().onMaxSeq(request -> GetMaxSeqResp.getDefaultInstance());
  }

  private static Map<String, String> arguments(Platform platform) {
    return Client.arguments(ALICE, platform, FakeAuth.token(ALICE, platform, "section5"));
  }

  private static Client connect(Gateway gateway) throws IOException {
    return Client.connect(gateway.address(), arguments(Platform.ANDROID));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 19, 125})
  void section5_2APingIsAnsweredWithItsPayload(int length) throws IOException {
    byte[] payload =
        "1700000000123456789".repeat(7).substring(0, length).getBytes(StandardCharsets.US_ASCII);
    try (Client client = connect(patient)) {
      client.socket().sendPing(payload);
      assertThat(client.socket().read())
          .isInstanceOfSatisfying(
              WsMessage.Pong.class, pong -> assertThat(pong.payload()).isEqualTo(payload));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"ping\",\"body\":\"1700000000123456789\"} | \"1700000000123456789\"",
        "{\"type\":\"ping\"} | null",
        "{\"type\":\"ping\",\"body\":null} | null",
        "{\"type\":\"ping\",\"body\":true} | true",
        "{\"type\":\"ping\",\"body\":12345678901234567890123} | 12345678901234567890123",
        "{\"type\":\"ping\",\"body\":-1.50} | -1.50",
        "{\"body\":{ \"b\" : [ 1 , {} ], \"a\":\"\"},\"type\":\"ping\"} | {\"b\":[1,{}],\"a\":\"\"}",
        "{\"TYPE\":\"ping\",\"Body\":[ ]} | []",
        "{\"type\":\"ping\",\"body\":\"a\\\"b\\\\\",\"more\":{\"type\":\"x\"}} | \"a\\\"b\\\\\"",
        " { \"type\" : \"ping\" , \"body\" : 1 } | 1",
      })
  void section5_2ATextPingIsAnsweredWithItsBodyCompactly(String ping, String body)
      throws IOException {
    try (Client client = connect(patient)) {
      client.socket().sendText(ping);
      assertThat(client.socket().read())
          .isEqualTo(new WsMessage.Text("{\"type\":\"pong\",\"body\":" + body + "}"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"pong\"}", "{\"type\":\"pong\",\"body\":[1]}"})
  void section5_2ATextPongIsNotAnswered(String pong) throws IOException {
    try (Client client = connect(patient)) {
      client.socket().sendText(pong);
      client.socket().sendPing(new byte[0]);
      assertThat(client.socket().read()).isInstanceOf(WsMessage.Pong.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"x\"}",
        "{\"type\":\"PING\"}",
        "{\"type\":1}",
        "{}",
        "null",
        "ping",
        "",
        "[\"ping\"]",
        "{\"type\":\"ping\"",
        "{\"type\":\"ping\"}x",
        "{\"type\":\"ping\",\"body\":}",
      })
  void section5_2AnyOtherTextEndsTheConnection(String text) throws IOException {
    try (Client client = connect(patient)) {
      client.socket().sendText(text);
      assertThat(client.closed()).isEqualTo(MALFORMED);
    }
  }

  private static RawHttp raw(Gateway gateway, Platform platform) throws IOException {
    URI address = Client.address(gateway.address(), arguments(platform));
    RawHttp http = new RawHttp(gateway.port());
    http.send("GET", "/?" + address.getRawQuery(), RawHttp.upgrade()).readHead();
    return http;
  }

  @Test
  void section5_1BrowsersGetPingFramesWithoutPayload() throws IOException {
    try (RawHttp browser = raw(patient, Platform.WEB)) {
      for (int i = 0; i < 3; i++) {
        assertThat(browser.read(2)).as("a ping control frame").containsExactly(0x89, 0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = Platform.class, mode = EnumSource.Mode.EXCLUDE, names = "WEB")
  void section5_1OthersAreNeverPinged(Platform platform) throws IOException {
    try (RawHttp other = raw(patient, platform);
        RawHttp browser = raw(patient, Platform.WEB)) {
      // By then the other, which came first, would have been pinged as well.
      browser.read(6);
      other.send(new byte[] {(byte) 0x89, (byte) 0x81, 0, 0, 0, 0, 'x'});
      assertThat(other.read(3)).as("the first to come is the pong").containsExactly(0x8a, 1, 'x');
    }
  }

  @Test
  void section5_3SilenceEndsAConnection() throws IOException {
    try (Client client = connect(hasty)) {
      assertThat(client.closed()).isEqualTo(NO_CLOSE_FRAME);
    }
  }

  /** Becomes done once a connection that was opened just now has been silent for too long. */
  private static CompletableFuture<Integer> tooLong() {
    return CompletableFuture.supplyAsync(() -> {
      try (Client silent = connect(hasty)) {
        return silent.closed();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
  }

  @Test
  void section5_3NoSilenceCountsWhileARequestIsAnswered() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch slow = new CountDownLatch(1);
    gateways
        .msg()
        .onMaxSeq(request -> {
          begun.countDown();
          await(slow);
          return GetMaxSeqResp.getDefaultInstance();
        });
    try (Client client = connect(hasty)) {
      client.send(client.request(1001, ByteString.EMPTY));
      begun.await();
      assertThat(tooLong().join()).isEqualTo(NO_CLOSE_FRAME);
      slow.countDown();
      assertThat(client.read().errCode()).isZero();
      assertThat(client.closed()).as("and silence begins anew").isEqualTo(NO_CLOSE_FRAME);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Something that a client sends, and the answer that it waits for. */
  @FunctionalInterface
  private interface Sign {
    void of(Client client) throws Exception;
  }

  private static void assertRenews(Sign sign) throws Exception {
    try (Client client = connect(hasty)) {
      CompletableFuture<Integer> silence = tooLong();
      while (!silence.isDone()) {
        sign.of(client);
      }
      assertThat(silence.join()).isEqualTo(NO_CLOSE_FRAME);
      sign.of(client);
    }
  }

  @Test
  void section5_3PingsRenewTheDeadline() throws Exception {
    assertRenews(client -> {
      client.socket().sendPing(new byte[0]);
      assertThat(client.socket().read()).isInstanceOf(WsMessage.Pong.class);
    });
  }

  @Test
  void section5_3TextPingsRenewTheDeadline() throws Exception {
    assertRenews(client -> {
      client.socket().sendText("{\"type\":\"ping\"}");
      assertThat(client.socket().read()).isInstanceOf(WsMessage.Text.class);
    });
  }

  @Test
  void section5_3RequestsRenewTheDeadline() throws Exception {
    assertRenews(client ->
        assertThat(client.ask(1001, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero());
  }
}
