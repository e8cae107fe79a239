package im.hongyan.gatewayws.connect;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawHttp;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves that a node and an address behind a trusted proxy have so many connections and no more,
 * and that nobody else is believed about addresses (websocket.md 1.3 check 1, 1.7, 10.1).
 */
class LimitsIT {
  private static final AtomicInteger USERS = new AtomicInteger();
  private static Gateways gateways;
  private final List<RawHttp> open = new ArrayList<>();

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @AfterEach
  void closeAll() throws IOException {
    for (RawHttp connection : open) {
      connection.close();
    }
  }

  /** Asks for an upgrade as somebody new; the answer's head and, of a refusal, its body. */
  private String connect(Gateway gateway, String... headers) throws IOException {
    String user = "user" + USERS.incrementAndGet();
    String token = FakeAuth.token(user, Platform.ANDROID, "t");
    String query =
        Client.address(gateway.address(), Client.arguments(user, Platform.ANDROID, token))
            .getRawQuery();
    List<String> all = new ArrayList<>(RawHttp.upgrade());
    all.addAll(List.of(headers));
    RawHttp http = new RawHttp(gateway.port());
    String head = http.send("GET", "/?" + query, all).readHead();
    if (head.startsWith("HTTP/1.1 101 ")) {
      open.add(http);
      return head;
    }
    try (http) {
      return head + new String(http.readToEnd(), StandardCharsets.UTF_8);
    }
  }

  private void assertAdmitted(Gateway gateway, String... headers) throws IOException {
    assertThat(connect(gateway, headers)).startsWith("HTTP/1.1 101 ");
  }

  private void assertRefused(String detail, Gateway gateway, String... headers) throws IOException {
    assertThat(connect(gateway, headers))
        .startsWith("HTTP/1.1 200 OK")
        .endsWith(
            "{\"errCode\":1601,\"errMsg\":\"ConnOverMaxNumLimit\",\"errDlt\":\"" + detail + "\"}");
  }

  @Test
  void section1_3ANodeHasSoManyConnectionsAndNoMore() throws IOException {
    Gateway small = gateways.start("small", Map.of("gateway.ws.maxConnections", "3"));
    for (int i = 0; i < 3; i++) {
      assertAdmitted(small);
    }
    assertRefused("over max conn num limit", small);
    open.removeLast().close();
    Eventually.eventually(() -> assertAdmitted(small));
    assertRefused("over max conn num limit", small);
  }

  @Test
  void section1_7AnAddressBehindATrustedProxyHasSoManyAndNoMore() throws IOException {
    Gateway proxied =
        gateways.start(
            "proxied",
            Map.of(
                "gateway.ws.trustedProxies",
                "127.0.0.0/8",
                "gateway.ws.maxConnectionsPerAddress",
                "2"));
    String crowd = "X-Forwarded-For: 203.0.113.7";
    assertAdmitted(proxied, crowd);
    assertAdmitted(proxied, "X-Forwarded-For: 198.51.100.1, 203.0.113.7");
    assertRefused("over max conn num limit of an address", proxied, crowd);
    assertRefused(
        "over max conn num limit of an address", proxied, "X-Forwarded-For: 198.51.100.1", crowd);
    assertAdmitted(proxied, "X-Forwarded-For: 203.0.113.8");
    open.removeFirst().close();
    Eventually.eventually(() -> assertAdmitted(proxied, crowd));
    assertRefused("over max conn num limit of an address", proxied, crowd);
  }

  @Test
  void section1_7NobodyElseIsBelievedAboutAddresses() throws IOException {
    Gateway direct = gateways.start("direct", Map.of("gateway.ws.maxConnectionsPerAddress", "1"));
    for (int i = 0; i < 3; i++) {
      assertAdmitted(direct, "X-Forwarded-For: 203.0.113.7");
    }
  }
}
