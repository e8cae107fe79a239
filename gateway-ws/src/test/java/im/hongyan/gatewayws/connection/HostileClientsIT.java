package im.hongyan.gatewayws.connection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.client.websocket.WsMessage;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawClient;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.Platform;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that a client which breaks the protocol or the limits after its upgrade is ended with the
 * code of its fault and costs the gateway little (websocket.md 1.7, 2, 5 and 10.3: 4, 6 to 8, 23).
 */
class HostileClientsIT {
  private static final int MAX_FRAME_BYTES = 51_200;
  private static final int BINARY = 0x82;
  private static final int UNFINISHED_BINARY = 0x02;
  private static final int UNFINISHED_CONTINUATION = 0x00;
  private static final long DRIP_NANOS = 20_000_000;
  private static final AtomicInteger USERS = new AtomicInteger();
  private static Gateways gateways;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of("gateway.ws.readTimeout", "1s"));
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static Map<String, String> somebody() {
    String user = "hostile" + USERS.incrementAndGet();
    return Client.arguments(
        user, Platform.ANDROID, FakeAuth.token(user, Platform.ANDROID, "token"));
  }

  private static Map<String, String> plain() {
    Map<String, String> query = somebody();
    query.remove("compression");
    return query;
  }

  private static int endAfter(Map<String, String> query, byte[]... frames) throws IOException {
    try (RawClient client = RawClient.upgraded(gateway.port(), query)) {
      for (byte[] frame : frames) {
        client.send(frame);
      }
      return client.readToEnd();
    }
  }

  private static double ended(String reason) {
    return gateway.meters().counter("ws_connections_closed", "reason", reason).count();
  }

  static Stream<byte[]> bombs() {
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int i = 0; i < 10; i++) {
      members.writeBytes(Gzip.compress(new byte[1_000_000]));
    }
    byte[] large = Gzip.compress(new byte[10_000_000]);
    return Stream.of(
        large, members.toByteArray(), Gzip.compress(large), Gzip.compress(Gzip.compress(large)));
  }

  @ParameterizedTest
  @MethodSource("bombs")
  void section10_3_7BombsAreRefused(byte[] bomb) throws IOException {
    assertThat(bomb.length).isLessThanOrEqualTo(MAX_FRAME_BYTES);
    assertThat(endAfter(somebody(), RawClient.frame(BINARY, bomb))).isEqualTo(1007);
  }

  @Test
  void section10_3_7ManyBombsCostLittleMemory() throws IOException {
    byte[] bomb = RawClient.frame(BINARY, Gzip.compress(new byte[10_000_000]));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getTotalThreadAllocatedBytes();
    for (int i = 0; i < 60; i++) {
      assertThat(endAfter(somebody(), bomb)).isEqualTo(1007);
    }
    assertThat(threads.getTotalThreadAllocatedBytes() - before)
        .as("allocated for 600 MB of zeros")
        .isLessThan(300_000_000);
  }

  @ParameterizedTest
  @CsvSource({"1, too_big|silent", "64, too_big", "4096, too_big"})
  void section1_7FragmentsWithoutAnEndAreEnded(int bytes, String reasons) throws Exception {
    double before = endedFor(reasons);
    try (RawClient client = RawClient.upgraded(gateway.port(), somebody())) {
      client.send(RawClient.frame(UNFINISHED_BINARY, new byte[bytes]));
      Thread sender = send(client, RawClient.frame(UNFINISHED_CONTINUATION, new byte[bytes]), 0);
      // What is still being sent when the gateway closes may cost the client the close frame.
      assertThat(client.readToEnd()).isIn(1009, RawClient.NO_CLOSE_FRAME);
      sender.join();
    }
    Eventually.eventually(() -> assertThat(endedFor(reasons)).isEqualTo(before + 1));
  }

  private static double endedFor(String reasons) {
    return Stream.of(reasons.split("\\|", -1)).mapToDouble(HostileClientsIT::ended).sum();
  }

  @Test
  void section5_3EmptyFragmentsWithoutAnEndAreSilence() throws Exception {
    double before = ended("silent");
    try (RawClient client = RawClient.upgraded(gateway.port(), somebody())) {
      client.send(RawClient.frame(UNFINISHED_BINARY, new byte[0]));
      byte[] empty = RawClient.frame(UNFINISHED_CONTINUATION, new byte[0]);
      Thread sender = send(client, empty, 0);
      assertThat(client.readToEnd()).isEqualTo(RawClient.NO_CLOSE_FRAME);
      sender.join();
    }
    Eventually.eventually(() -> assertThat(ended("silent")).isGreaterThan(before));
  }

  /** Sends the same bytes until the gateway ends the connection. */
  private static Thread send(RawClient client, byte[] bytes, long pauseNanos) {
    return Thread.startVirtualThread(() -> {
      try {
        while (true) {
          client.send(bytes);
          LockSupport.parkNanos(pauseNanos);
        }
      } catch (IOException ended) {
        // What the test waits for.
      }
    });
  }

  @Test
  void section5_3BytesThatDripAreSilence() throws Exception {
    double before = ended("silent");
    try (RawClient client = RawClient.upgraded(gateway.port(), somebody())) {
      client.send(new byte[] {(byte) BINARY, (byte) (0x80 | 126), (byte) 0xc8, 0});
      Thread sender = send(client, new byte[1], DRIP_NANOS);
      assertThat(client.readToEnd()).isEqualTo(RawClient.NO_CLOSE_FRAME);
      sender.join();
    }
    Eventually.eventually(() -> assertThat(ended("silent")).isGreaterThan(before));
  }

  static Stream<Arguments> violations() {
    return Stream.of(
        Arguments.of("RSV1", RawClient.frame(BINARY | 0x40, new byte[0])),
        Arguments.of("RSV2", RawClient.frame(BINARY | 0x20, new byte[0])),
        Arguments.of("RSV3", RawClient.frame(BINARY | 0x10, new byte[0])),
        Arguments.of("no mask", new byte[] {(byte) BINARY, 1, 0}),
        Arguments.of("opcode 3", RawClient.frame(0x83, new byte[0])),
        Arguments.of("opcode 7", RawClient.frame(0x87, new byte[0])),
        Arguments.of("opcode 11", RawClient.frame(0x8b, new byte[0])),
        Arguments.of("opcode 15", RawClient.frame(0x8f, new byte[0])),
        Arguments.of("long ping", RawClient.frame(0x89, new byte[126])),
        Arguments.of("long close", RawClient.frame(0x88, new byte[126])),
        Arguments.of("ping in fragments", RawClient.frame(0x09, new byte[1])),
        Arguments.of("close of one byte", RawClient.frame(0x88, new byte[1])),
        Arguments.of("close with 1005", RawClient.frame(0x88, new byte[] {3, (byte) 0xed})),
        Arguments.of("continuation of nothing", RawClient.frame(0x80, new byte[1])),
        Arguments.of(
            "a message within another",
            ByteBuffer.allocate(14)
                .put(RawClient.frame(UNFINISHED_BINARY, new byte[1]))
                .put(RawClient.frame(BINARY, new byte[1]))
                .array()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("violations")
  void section1_7ViolationsEndWith1002(String what, byte[] bytes) throws IOException {
    double before = ended("malformed");
    assertThat(endAfter(somebody(), bytes)).as(what).isEqualTo(1002);
    Eventually.eventually(() -> assertThat(ended("malformed")).isEqualTo(before + 1));
  }

  @ParameterizedTest
  @CsvSource({"51200, 51200", "51200, 4096", "51200, 1000"})
  void section1_7AMessageOfExactlyTheLimitIsTaken(int bytes, int fragment) throws Exception {
    try (Client client = Client.connect(gateway.address(), plain())) {
      byte[] message = envelope(client, bytes);
      client.socket().sendBinary(message, fragment);
      assertThat(client.read().errCode()).isEqualTo(ImError.ARGS.code());
    }
  }

  @ParameterizedTest
  @CsvSource({"51201, 51201", "51201, 4096", "51201, 51200", "60000, 30000"})
  void section1_7AMessageOverTheLimitEndsWith1009(int bytes, int fragment) throws Exception {
    double before = ended("too_big");
    try (Client client = Client.connect(gateway.address(), plain())) {
      client.socket().sendBinary(envelope(client, bytes), fragment);
      assertThat(client.readToEnd()).isEqualTo(1009);
    }
    Eventually.eventually(() -> assertThat(ended("too_big")).isEqualTo(before + 1));
  }

  /** A call signal, which is always answered by 1001, of so many bytes. */
  private static byte[] envelope(Client client, int bytes) {
    int head = client.bytes(client.request(1004, filler(50_000))).length - 50_000;
    byte[] message = client.bytes(client.request(1004, filler(bytes - head)));
    assertThat(message).hasSize(bytes);
    return message;
  }

  private static ByteString filler(int bytes) {
    return ByteString.copyFrom(new byte[bytes]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hello", "", "[]", "{\"type\":\"x\"}", "{}", "{\"type\":\"ping\"} x", "1"})
  void section5_2TextThatIsNoHeartbeatEnds(String text) throws IOException {
    assertThat(endAfter(somebody(), RawClient.frame(0x81, text.getBytes(UTF_8)))).isEqualTo(1007);
  }

  @ParameterizedTest
  @CsvSource({"true, false, false", "false, true, false", "false, false, true", "true, true, true"})
  void section2_1EnvelopesInAnotherFormThanWasAgreedEndWith1007(
      boolean gzip, boolean json, boolean sendGzip) throws IOException {
    Map<String, String> query = plain();
    if (gzip) {
      query.put("compression", "gzip");
    }
    if (json) {
      query.put("sdkType", "js");
    }
    Map<String, String> other = plain();
    other.put("sdkType", json ? "go" : sendGzip ? "go" : "js");
    byte[] envelope;
    try (Client stranger = Client.connect(gateway.address(), other)) {
      envelope = stranger.bytes(stranger.request(1001, ByteString.EMPTY));
    }
    byte[] sent = sendGzip ? Gzip.compress(envelope) : envelope;
    assertThat(endAfter(query, RawClient.frame(BINARY, sent))).isEqualTo(1007);
  }

  @Test
  void section10_3_6RequestsOverTheRateAreAnsweredAndTheConnectionStays() throws Exception {
    Gateway limited =
        gateways.start(
            "limited", Map.of("gateway.ws.requestsPerSecond", "1", "gateway.ws.requestBurst", "5"));
    try (Client client = Client.connect(limited.address(), somebody())) {
      int tooMany = 0;
      for (int i = 0; i < 100; i++) {
        client.send(client.request(1004, ByteString.EMPTY));
      }
      for (int i = 1; i <= 100; i++) {
        ResponseFrame answer = client.read();
        assertThat(answer.msgIncr()).endsWith("_" + i);
        assertThat(answer.errCode())
            .isIn((long) ImError.ARGS.code(), (long) ImError.TOO_MANY_REQUESTS.code());
        tooMany += answer.errCode() == ImError.TOO_MANY_REQUESTS.code() ? 1 : 0;
        assertThat(tooMany).isEqualTo(i <= 5 ? 0 : tooMany);
      }
      assertThat(tooMany).isPositive();
      client.socket().sendPing(new byte[1]);
      assertThat(client.socket().read()).isInstanceOf(WsMessage.Pong.class);
    } finally {
      limited.stop();
    }
  }
}
