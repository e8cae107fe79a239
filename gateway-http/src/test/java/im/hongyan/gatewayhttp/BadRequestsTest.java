package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.http.RawConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves, by a table of bad requests as bytes, which status and which code each of them gets, in
 * the order of rest-account.md 0.1: what is no HTTP, too long or ambiguous; then operationID,
 * token, path, JSON. Each is followed by a good request, which is answered only where the
 * connection can be trusted to go on.
 */
class BadRequestsTest {
  private static final int MAX_BODY = 2_000;
  private static final String GOES_ON = "goes on";
  private static final String ENDS = "ends";

  private static final String HEAD = "POST /auth/get_user_token HTTP/1.1\r\nHost: x\r\n";
  private static final String CALLER = "operationID: 1\r\ntoken: imAdmin\r\n";
  private static final String NEXT =
      "POST /auth/parse_token HTTP/1.1\r\nHost: x\r\noperationID: 2\r\nContent-Length: 13\r\n\r\n"
          + "{\"token\":\"a\"}";

  private static TestGateway gateway;
  private final SoftAssertions softly = new SoftAssertions();

  @BeforeAll
  static void start() {
    gateway = new TestGateway("gateway.http.maxBodyBytes", Integer.toString(MAX_BODY));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String failure(int code, String message, String detail) {
    return "{\"errCode\":"
        + code
        + ",\"errMsg\":\""
        + message
        + "\",\"errDlt\":\""
        + detail
        + "\"}";
  }

  private static final String NO_OPERATION =
      failure(1001, "ArgsError", "header must have operationID");
  private static final String NO_TOKEN = failure(1001, "ArgsError", "header must have token");
  private static final String EXPIRED = failure(1501, "TokenExpiredError", "");
  private static final String TOO_LARGE =
      failure(1001, "ArgsError", "http request body is too large");
  private static final String NOT_FOUND = "404 page not found";

  /** A request, the status and body of its answer, and whether the next one is answered. */
  private void row(String request, int status, String body, String then) throws IOException {
    String name = request.length() > 200 ? request.substring(0, 200) + "…" : request;
    try (RawConnection client = gateway.connect()) {
      client.send(request + NEXT);
      RawConnection.Answer answer = client.answer();
      softly.assertThat(answer.status()).as(name).isEqualTo(status);
      softly.assertThat(answer.body()).as(name).isEqualTo(body);
      softly
          .assertThat(answer.headers())
          .as(name)
          .containsIgnoringCase("access-control-allow-origin: *");
      if (then.equals(GOES_ON)) {
        softly.assertThat(client.answer().body()).as("after " + name).contains("\"errCode\":0");
      } else {
        softly.assertThat(client.endsSilently()).as("end after " + name).isTrue();
      }
    }
  }

  private static String post(String headers, String body) {
    int length = body.getBytes(StandardCharsets.ISO_8859_1).length;
    return HEAD + headers + "Content-Length: " + length + "\r\n\r\n" + body;
  }

  @Test
  void whatIsNoHttpOrAmbiguousEndsTheConnection() throws IOException {
    row("nonsense\r\n\r\n", 400, "", ENDS);
    row("\u0000\u0001\u0002\r\n\r\n", 400, "", ENDS);
    row("POST /a HTTP/9\r\nHost: x\r\n\r\n", 400, "", ENDS);
    row("POST /a HTTP/1.1\r\n\r\n", 400, "", ENDS);
    row("POST /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, "", ENDS);
    row(HEAD + "a b: c\r\n\r\n", 400, "", ENDS);
    row(HEAD + "a : c\r\n\r\n", 400, "", ENDS);
    row(HEAD + "a: \u0000\r\n\r\n", 400, "", ENDS);
    row(HEAD + "Content-Length: -1\r\n\r\n", 400, "", ENDS);
    row(HEAD + "Content-Length: x\r\n\r\n", 400, "", ENDS);
    row(HEAD + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400, "", ENDS);
    row(HEAD + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "", ENDS);
    row(HEAD + CALLER + "Transfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n", 400, "", ENDS);
    row(HEAD + "Transfer-Encoding: gzip\r\n\r\n", 400, "", ENDS);
    row(HEAD + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400, "", ENDS);
    row(
        HEAD + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        "",
        ENDS);
    row(HEAD + "Expect: tea\r\n\r\n", 417, "", ENDS);
    softly.assertAll();
  }

  @Test
  void whatIsTooLongIsRefusedBeforeAnythingElse() throws IOException {
    row("POST /" + "p".repeat(17_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, "", ENDS);
    row(HEAD + "a: " + "b".repeat(17_000) + "\r\n\r\n", 431, "", ENDS);
    row(HEAD + "a: b\r\n".repeat(101) + "\r\n", 431, "", ENDS);
    row(post("", "x".repeat(MAX_BODY + 1)), 413, TOO_LARGE, ENDS);
    row(HEAD + "Content-Length: 99999999999\r\n\r\n", 413, TOO_LARGE, ENDS);
    row(HEAD + "Content-Length: 3000\r\nExpect: 100-continue\r\n\r\n", 413, TOO_LARGE, ENDS);
    row(
        HEAD + CALLER + "Transfer-Encoding: chunked\r\n\r\n" + "1\r\n{\r\n".repeat(20),
        413,
        TOO_LARGE,
        ENDS);
    softly.assertAll();
  }

  @Test
  void headersComeBeforeThePathAndThePathBeforeTheJson() throws IOException {
    String nowhere = "POST /nowhere HTTP/1.1\r\nHost: x\r\n";
    String badJson = "Content-Length: 1\r\n\r\n{";
    for (String head : new String[] {HEAD, nowhere}) {
      row(head + badJson, 200, NO_OPERATION, GOES_ON);
      row(head + "operationID:\r\ntoken: imAdmin\r\n" + badJson, 200, NO_OPERATION, GOES_ON);
      row(head + "operationID: 1\r\n" + badJson, 200, NO_TOKEN, GOES_ON);
      row(head + "operationID: 1\r\ntoken:\r\n" + badJson, 200, NO_TOKEN, GOES_ON);
      row(head + "operationID: 1\r\ntoken: -old\r\n" + badJson, 200, EXPIRED, GOES_ON);
    }
    row(nowhere + CALLER + badJson, 404, NOT_FOUND, GOES_ON);
    for (String path :
        new String[] {"/", "//", "/auth", "/AUTH/get_user_token", "/%61uth/x", "/../a"}) {
      String head = "POST " + path + " HTTP/1.1\r\nHost: x\r\n";
      row(head + CALLER + badJson, 404, NOT_FOUND, GOES_ON);
    }
    for (String method : new String[] {"GET", "PUT", "DELETE", "PATCH", "TRACE", "X"}) {
      row(method + HEAD.substring(4) + "\r\n", 404, NOT_FOUND, GOES_ON);
    }
    softly.assertAll();
  }

  /** The parser's text is the errMsg (rest-account.md 0.2). */
  @Test
  void badJsonIsRefusedWithTheTextOfTheParser() throws IOException {
    try (RawConnection client = gateway.connect()) {
      for (String body :
          new String[] {
            "",
            " ",
            "{",
            "}",
            "[",
            "nul",
            "{}{}",
            "{} x",
            "{\"userID\":}",
            "{\"userID\":\"a\"",
            "{\"userID\":\"\\x\"}",
            "{\"userID\":\"\u0001\"}",
            "{\"platformID\":1.0}",
            "{\"platformID\":\"1\"}",
            "{\"platformID\":2147483648}",
            "{\"platformID\":01}",
            "{\"platformID\":1e400}",
            "{\"userID\":1}",
            "{\"userID\":{}}",
            "{\"userID\":[]}",
            "[]",
            "1",
            "\"a\"",
            "true",
            "[".repeat(900),
            "{\"a\":".repeat(300),
            "{\"a\":" + "9".repeat(1_001) + "}",
          }) {
        RawConnection.Answer answer = client.send(post(CALLER, body)).answer();
        softly.assertThat(answer.status()).as(body).isEqualTo(200);
        softly
            .assertThat(answer.body())
            .as(body)
            .matches("\\{\"errCode\":1001,\"errMsg\":\".+\",\"errDlt\":\"\"}")
            .doesNotContain("ArgsError");
      }
    }
    softly.assertAll();
  }

  /** Where the specification has HTTP status 400 instead, with two forms of the error. */
  @Test
  void theOnlineStatusRefusesBadJsonWithStatus400() throws IOException {
    for (String path : new String[] {"get_users_online_status", "get_users_online_token_detail"}) {
      String request = post(CALLER, "{").replace("/auth/get_user_token", "/user/" + path);
      try (RawConnection client = gateway.connect()) {
        RawConnection.Answer answer = client.send(request).answer();
        assertThat(answer.status()).as(path).isEqualTo(400);
        assertThat(answer.body())
            .contains(path.endsWith("detail") ? "\"errCode\":1001" : "\"errCode\":500");
      }
    }
  }

  @Test
  void afterGarbageBehindAGoodRequestThatOneIsAnswered() throws IOException {
    try (RawConnection client = gateway.connect()) {
      client.send(NEXT + NEXT + "\u0016\u0003\u0001 garbage\r\n\r\n" + NEXT);
      assertThat(client.answer().body()).contains("\"errCode\":0");
      assertThat(client.answer().body()).contains("\"errCode\":0");
      assertThat(client.answer().status()).isEqualTo(400);
      assertThat(client.endsSilently()).isTrue();
    }
  }
}
