package im.hongyan.gatewayws.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawHttp;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Proves that who connects and then says nothing, too little, too much or nonsense is gone soon,
 * and that nobody else notices (websocket.md 1.1, 10.3).
 */
class HostileHandshakesIT {
  private static final String GOOD_HEAD =
      "GET /?platformID=2 HTTP/1.1\r\n" + String.join("\r\n", RawHttp.upgrade()) + "\r\n";
  private static final long DRIP_NANOS = 20_000_000;
  private static Gateways gateways;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of("gateway.ws.handshakeTimeout", "500ms"));
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static double late() {
    return gateway.meters().counter("ws_connections_closed", "reason", "handshake").count();
  }

  private static void assertOthersGetIn() throws IOException {
    String token = FakeAuth.token("honest", Platform.ANDROID, "t");
    Client.connect(gateway.address(), "honest", Platform.ANDROID, token).close();
  }

  @Test
  void whoSaysNothingIsGoneAfterTheHandshakesTime() throws IOException {
    double before = late();
    List<RawHttp> silent = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      silent.add(new RawHttp(gateway.port()));
    }
    assertOthersGetIn();
    for (RawHttp client : silent) {
      assertThat(client.readToEnd()).isEmpty();
      client.close();
    }
    Eventually.eventually(() -> assertThat(late()).isEqualTo(before + 50));
  }

  @Test
  void aHeadThatDripsIsNoSignOfLife() throws Exception {
    double before = late();
    try (RawHttp client = new RawHttp(gateway.port())) {
      Thread sender =
          Thread.startVirtualThread(() -> {
            try {
              client.send(GOOD_HEAD.getBytes(US_ASCII));
              while (true) {
                client.send("X: y\r\n".getBytes(US_ASCII));
                LockSupport.parkNanos(DRIP_NANOS);
              }
            } catch (IOException ended) {
              // What the test waits for.
            }
          });
      assertThat(client.readToEnd()).isEmpty();
      sender.join();
    }
    Eventually.eventually(() -> assertThat(late()).isEqualTo(before + 1));
  }

  static Stream<Arguments> nonsense() {
    byte[] noise = new byte[100_000];
    new Random(7).nextBytes(noise);
    byte[] tlsHello = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
    return Stream.of(
        Arguments.of("noise", noise),
        Arguments.of("a little noise", new byte[] {1, 2, 3}),
        Arguments.of("zeros", new byte[100_000]),
        Arguments.of("line ends", "\r\n".repeat(50_000).getBytes(US_ASCII)),
        Arguments.of("TLS", tlsHello),
        Arguments.of("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII)),
        Arguments.of("a long line", ("GET /?" + "a".repeat(100_000)).getBytes(US_ASCII)),
        Arguments.of("a long header", (GOOD_HEAD + "X: " + "a".repeat(100_000)).getBytes(US_ASCII)),
        Arguments.of("many headers", (GOOD_HEAD + "X: y\r\n".repeat(20_000)).getBytes(US_ASCII)),
        Arguments.of(
            "a long body",
            (GOOD_HEAD + "Content-Length: 1000000\r\n\r\n" + "a".repeat(1_000_000))
                .getBytes(US_ASCII)),
        Arguments.of(
            "a body without an end",
            (GOOD_HEAD
                    + "Transfer-Encoding: chunked\r\n\r\n"
                    + ("400\r\n" + "a".repeat(1_024) + "\r\n").repeat(1_000))
                .getBytes(US_ASCII)),
        Arguments.of(
            "two lengths",
            (GOOD_HEAD + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab").getBytes(US_ASCII)),
        Arguments.of("two at once", (GOOD_HEAD + "\r\n" + GOOD_HEAD + "\r\n").getBytes(US_ASCII)),
        Arguments.of(
            "many parameters",
            ("GET /?" + "a=b&".repeat(4_000) + " HTTP/1.1\r\n\r\n").getBytes(US_ASCII)),
        Arguments.of("bad escapes", "GET /?a=%zz HTTP/1.1\r\n\r\n".getBytes(US_ASCII)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nonsense")
  void nonsenseNeverGetsInAndIsGoneSoon(String what, byte[] bytes) throws IOException {
    try (RawHttp client = new RawHttp(gateway.port())) {
      try {
        client.send(bytes);
      } catch (IOException ended) {
        // Before all was sent: the better.
      }
      assertThat(new String(client.readToEnd(), US_ASCII)).as(what).doesNotContain(" 101 ");
    }
    assertOthersGetIn();
  }
}
