package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.http.RawConnection;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that headers which abuse what the gateway reads of them, the token, the operation's id,
 * the proxy's and the coding's, are answered with a code, come back in no header of an answer, and
 * leave the connection to the next request.
 */
class HeaderAbuseTest {
  private static final String LINE = "POST /msg/newest_seq HTTP/1.1\r\nHost: x\r\n";
  private static final String BODY = "Content-Length: 1\r\n\r\n{";

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = new TestGateway();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static RawConnection.Answer answer(String headers) throws IOException {
    try (RawConnection client = gateway.connect()) {
      RawConnection.Answer answer = client.send(LINE + headers + BODY).answer();
      RawConnection.Answer next =
          client.send(LINE + "operationID: 1\r\ntoken: -old\r\n" + BODY).answer();
      assertThat(next.body()).as("the next one").contains("\"errCode\":1501");
      return answer;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ÿþé",
        "a\tb",
        "%0d%0aX-Evil: 1",
        "\\r\\nX-Evil: 1",
        "${jndi:ldap://x/a}",
        "<script>",
        "'; DROP TABLE user; --",
        "{\"errCode\":0}"
      })
  void anOperationIdComesBackNowhere(String id) throws IOException {
    RawConnection.Answer answer = answer("operationID: " + id + "\r\ntoken: -old\r\n");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo("{\"errCode\":1501,\"errMsg\":\"TokenExpiredError\",\"errDlt\":\"\"}");
    assertThat(answer.headers()).doesNotContain(id).doesNotContainIgnoringCase("x-evil");
  }

  @Test
  void ofSeveralIdsAndTokensTheFirstCounts() throws IOException {
    assertThat(answer("operationID:\r\noperationID: 1\r\ntoken: -old\r\n").body())
        .contains("header must have operationID");
    assertThat(answer("operationID: 1\r\ntoken:\r\ntoken: imAdmin\r\n").body())
        .contains("header must have token");
    assertThat(answer("operationID: 1\r\ntoken: -old\r\ntoken: imAdmin\r\n").body())
        .contains("\"errCode\":1501");
    assertThat(answer("operationID: 1\r\ntoken: -old\r\nTOKEN: imAdmin\r\n").body())
        .contains("\"errCode\":1501");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token: -ÿ\u0080é",
        "Token: -a b\tc",
        "token: -old\r\nX-Forwarded-For: 10.0.0.1, ::1, nonsense, 999.1.1.1",
        "token: -old\r\nForwarded: for=\"[::1\";by=;;",
        "token: -old\r\nX-Real-IP: ' OR 1=1",
        "token: -old\r\nAccept-Encoding: gzip;q=-1, *;q=x, br;q=1e400, ,,;",
        "token: -old\r\nContent-Type: multipart/form-data; boundary=\"",
        "token: -old\r\nContent-Encoding: gzip",
        "token: -old\r\nOrigin: null\r\nAccess-Control-Request-Headers: *, é",
        "token: -old\r\nCookie: a=b; token=imAdmin\r\nAuthorization: Bearer imAdmin",
        "token: -old\r\nX-HTTP-Method-Override: GET",
        "token: -old\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x",
        "token: -old\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
      })
  void headersThatAreNotReadOrCannotBeReadChangeNothing(String headers) throws IOException {
    RawConnection.Answer answer = answer("operationID: 1\r\n" + headers + "\r\n");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).containsIgnoringCase("access-control-allow-origin: *");
    assertThat(answer.bytes().length).isLessThan(200);
  }

  /** Within the bound of all headers; beyond it is 431 (BadRequestsTest). */
  @Test
  void aLongTokenIsAskedAboutAndNotRepeated() throws IOException {
    String token = "-" + "t".repeat(12_000);
    RawConnection.Answer answer = answer("operationID: 1\r\ntoken: " + token + "\r\n");
    assertThat(answer.body()).contains("\"errCode\":1501").doesNotContain("ttt");
  }

  /** A body that says to be packed is taken as it is, so that none is unpacked beyond its limit. */
  @Test
  void noBodyIsUnpacked() throws IOException {
    RawConnection.Answer answer =
        answer("operationID: 1\r\ntoken: imAdmin\r\nContent-Encoding: gzip\r\n");
    assertThat(answer.body()).contains("\"errCode\":1001");
  }
}
