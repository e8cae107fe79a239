package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.net.ClientAddresses;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Proves who is limited to how many requests a second, who is not, and how much is remembered
 * (rest-account.md 0.11): 2 of a user, 4 of an administrator, 3 of an address.
 */
class RequestRatesTest {
  private static final String PROXY = "10.0.0.1";
  private static final String STRANGER = "203.0.113.7";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private long now = 1;

  private final RequestRates rates =
      new RequestRates(
          ClientAddresses.from(
              Settings.load(Path.of("none.yml"), Map.of(), Map.of("a.trustedProxies", PROXY)), "a"),
          Set.of("imAdmin"),
          () -> new RequestRates.Rates(2, 4, 3),
          meters,
          () -> now);

  private static HttpRequest from(String address, String... headers) {
    HttpHeaders given = new DefaultHttpHeaders();
    for (int i = 0; i < headers.length; i += 2) {
      given.add(headers[i], headers[i + 1]);
    }
    return new HttpRequest("POST", "/a", "", InetAddress.ofLiteral(address), given, new byte[0]);
  }

  private void assertUser(HttpRequest call, String user, int perSecond) {
    for (int i = 0; i < 5 * perSecond; i++) {
      rates.takeOfUser(call, user);
    }
    assertThatThrownBy(() -> rates.takeOfUser(call, user))
        .isInstanceOfSatisfying(
            TooManyRequestsException.class,
            refusal -> {
              assertThat(refusal.limit()).isEqualTo(perSecond);
              assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
            });
    now += TimeUnit.SECONDS.toNanos(1) / perSecond;
    rates.takeOfUser(call, user);
    assertThatThrownBy(() -> rates.takeOfUser(call, user))
        .isInstanceOf(TooManyRequestsException.class);
  }

  @Test
  void eachUserHasBucketsOfItsOwnAndAnAdministratorLargerOnes() {
    assertUser(from(STRANGER), "alice", 2);
    assertUser(from(STRANGER), "bob", 2);
    assertUser(from(STRANGER), "imAdmin", 4);
    assertThat(rejected("http_rate_per_user")).isEqualTo(4);
    assertThat(rejected("http_rate_per_admin")).isEqualTo(2);
  }

  private double rejected(String limit) {
    return meters.get("limit_rejected").tag("limit", limit).counter().count();
  }

  @Test
  void anAddressIsBoundedUnlessItsTokensAreGood() {
    HttpRequest call = from(STRANGER);
    for (int i = 0; i < 100; i++) {
      rates.takeOfAddress(call);
      rates.giveBackToAddress(call);
    }
    for (int i = 0; i < 15; i++) {
      rates.takeOfAddress(call);
    }
    assertThatThrownBy(() -> rates.takeOfAddress(call))
        .isInstanceOf(TooManyRequestsException.class);
    rates.takeOfAddress(from("203.0.113.8"));
    // Whoever has one address of IPv6 has all that begin like it.
    for (int i = 0; i < 15; i++) {
      rates.takeOfAddress(from("2001:db8::" + i));
    }
    assertThatThrownBy(() -> rates.takeOfAddress(from("2001:db8::ffff")))
        .isInstanceOf(TooManyRequestsException.class);
  }

  @Test
  void proxiesAndThisMachineAreNoAddressesOfClients() {
    for (String address : new String[] {PROXY, "127.0.0.1", "::1"}) {
      for (int i = 0; i < 100; i++) {
        rates.takeOfAddress(from(address));
      }
    }
  }

  /** Benches and scripts ask from here; what a proxy of this machine passes on says so. */
  @Test
  void usersOnThisMachineAreNotBoundedButForThoseBehindItsProxy() {
    for (int i = 0; i < 100; i++) {
      rates.takeOfUser(from("127.0.0.1"), "alice");
      rates.takeOfUser(from("::1"), "alice");
    }
    assertUser(from("127.0.0.1", "X-Forwarded-For", STRANGER), "alice", 2);
    assertUser(from("127.0.0.1", "Forwarded", "for=" + STRANGER), "bob", 2);
    assertUser(from(PROXY), "carol", 2);
  }

  @Test
  void whoMustWaitLongIsToldFiveSecondsAtMost() {
    TooManyRequestsException refusal =
        new TooManyRequestsException(1, TimeUnit.SECONDS.toNanos(100));
    assertThat(refusal.retryAfterSeconds()).isEqualTo(5);
    assertThat(new TooManyRequestsException(1, 1_000_000_001).retryAfterSeconds()).isEqualTo(2);
    assertThat(new TooManyRequestsException(1, 0).retryAfterSeconds()).isEqualTo(1);
  }

  @Test
  void aMillionUsersAreNotRemembered() {
    HttpRequest call = from(STRANGER);
    for (int i = 0; i < 200_000; i++) {
      rates.takeOfUser(call, "user" + i);
    }
    assertThat(meters.get("limit_keys").tag("limit", "http_rate_per_user").gauge().value())
        .isLessThanOrEqualTo(50_000);
  }

  /** The answer of rest-account.md 0.11 and errors-config-ops.md 10, with the headers of CORS. */
  @Test
  void theRefusalIsStatus429WithItsHeadersAndTheEnvelope() throws Exception {
    try (TestGateway gateway =
        new TestGateway(
            "gateway.http.trustedProxies", "127.0.0.1",
            "gateway.http.requestsPerSecondPerUser", "1",
            "gateway.http.requestsPerSecondPerAddress", "1")) {
      String[] headers = {"operationID", "1", "token", "alice", "X-Forwarded-For", STRANGER};
      assertRefusal(untilRefused(gateway, headers));
      assertThat(gateway.send("OPTIONS", "/nowhere", "", headers).statusCode())
          .as("browsers ask this first, and cannot read a refusal")
          .isEqualTo(200);
      headers[3] = "-expired";
      assertRefusal(untilRefused(gateway, headers));
      assertThat(
              gateway
                  .meters()
                  .get("http_count")
                  .tags("path", "<404>", "method", "POST", "status", "429")
                  .counter()
                  .count())
          .isEqualTo(2);
    }
  }

  /** Else whoever has one token could load rpc-auth without end. */
  @Test
  void whatIsRefusedForItsUserIsNotGivenBackToItsAddress() throws Exception {
    try (TestGateway gateway =
        new TestGateway(
            "gateway.http.trustedProxies", "127.0.0.1",
            "gateway.http.requestsPerSecondPerUser", "1",
            "gateway.http.requestsPerSecondPerAddress", "2")) {
      String[] headers = {"operationID", "1", "token", "alice", "X-Forwarded-For", STRANGER};
      String limit = "";
      for (int i = 0; i < 100 && !limit.equals("2"); i++) {
        limit =
            gateway
                .send("POST", "/nowhere", "{}", headers)
                .headers()
                .firstValue("X-RateLimit-Limit")
                .orElse("");
      }
      assertThat(limit).isEqualTo("2");
      headers[5] = "203.0.113.8";
      headers[3] = "bob";
      assertThat(gateway.send("POST", "/nowhere", "{}", headers).statusCode()).isEqualTo(404);
    }
  }

  private static java.net.http.HttpResponse<String> untilRefused(
      TestGateway gateway, String... headers) throws Exception {
    for (int i = 0; i < 100; i++) {
      var answer = gateway.send("POST", "/nowhere", "{}", headers);
      if (answer.statusCode() == 429) {
        return answer;
      }
    }
    throw new AssertionError("never refused");
  }

  private static void assertRefusal(java.net.http.HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.body())
        .isEqualTo(
            "{\"errCode\":429,\"errMsg\":\"too many requests, please try again later\",\"errDlt\":\"\"}");
    Map<String, String> expected =
        Map.of(
            "X-RateLimit-Policy", "BBR",
            "X-RateLimit-Limit", "1",
            "X-RateLimit-Remaining", "0",
            "Retry-After", "1",
            "Access-Control-Allow-Origin", "*",
            "Content-Type", "application/json");
    expected.forEach(
        (name, value) -> assertThat(answer.headers().firstValue(name)).as(name).contains(value));
    assertThat(answer.headers().firstValue("X-HTTP-ID")).isPresent();
  }

  @Test
  void ratesOutOfBoundsStopTheStart() {
    var refusal =
        catchThrowableOfType(
            im.hongyan.kit.config.ConfigException.class,
            () -> new TestGateway("gateway.http.requestsPerSecondPerUser", "0"));
    assertThat(refusal).hasMessageContaining("gateway.http.requestsPerSecondPerUser");
  }
}
