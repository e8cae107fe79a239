package im.hongyan.client.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import im.hongyan.proto.auth.getAdminTokenReq;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.getUserTokenResp;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.json.ApiEnvelope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proves headers, bodies, envelopes and gzip of REST calls against a real HTTP server. */
class RestClientTest {
  private final Map<String, byte[]> answers = new ConcurrentHashMap<>();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private boolean gzip;
  private HttpServer server;
  private RestClient rest;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
    rest = new RestClient(URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    rest.close();
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    seen.add(
        exchange.getRequestURI()
            + " "
            + (exchange.getRequestHeaders().getFirst("operationID").isEmpty() ? "-" : "op")
            + " "
            + exchange.getRequestHeaders().getFirst("token")
            + " "
            + body);
    byte[] answer = answers.getOrDefault(exchange.getRequestURI().getPath(), ApiEnvelope.success());
    if (gzip) {
      answer = Gzip.compress(answer);
      exchange.getResponseHeaders().add("Content-Encoding", "gzip");
    }
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  @Test
  void checkedCallTellsAnErrorFromASuccess() throws IOException {
    getAdminTokenReq request = getAdminTokenReq.getDefaultInstance();
    answers.put("/bad", ApiEnvelope.failure(ImError.ARGS.with("no")));
    answers.put("/none", "{}".getBytes(StandardCharsets.UTF_8));
    for (boolean inGzip : List.of(false, true)) {
      gzip = inGzip;
      rest.check("/good", "", request);
      assertThatThrownBy(() -> rest.check("/bad", "", request))
          .isInstanceOfSatisfying(
              ImException.class, bad -> assertThat(bad.is(ImError.ARGS)).isTrue());
      assertThatThrownBy(() -> rest.check("/none", "", request)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void theAdminRegistersUsersAndGetsTheirTokens() throws IOException {
    answers.put(
        "/auth/get_admin_token",
        ApiEnvelope.success(getAdminTokenResp.newBuilder().setToken("admin").build()));
    answers.put(
        "/auth/get_user_token",
        ApiEnvelope.success(getUserTokenResp.newBuilder().setToken("user").build()));
    AdminApi admin = AdminApi.login(rest, "s3<cret", "imAdmin");
    admin.register(List.of("alice"));
    assertThat(admin.userToken("alice", Platform.LINUX)).isEqualTo("user");
    assertThat(seen)
        .containsExactly(
            "/auth/get_admin_token op null {\"secret\":\"s3\\u003ccret\",\"userID\":\"imAdmin\"}",
            "/user/user_register op admin {\"users\":[{\"userID\":\"alice\",\"nickname\":\"alice\","
                + "\"faceURL\":\"\",\"ex\":\"\",\"createTime\":0,\"appMangerLevel\":0,"
                + "\"globalRecvMsgOpt\":0}]}",
            "/auth/get_user_token op admin {\"platformID\":7,\"userID\":\"alice\"}");
  }

  @Test
  void errorCodesAreThrown() {
    answers.put("/x", ApiEnvelope.failure(ImError.NO_PERMISSION.with("secret invalid")));
    assertThatThrownBy(() -> call("/x"))
        .isInstanceOfSatisfying(
            ImException.class,
            e -> {
              assertThat(e.code()).isEqualTo(1002);
              assertThat(e.detail()).isEqualTo("secret invalid");
            });
  }

  @Test
  void aUserThatIsThereAlreadyIsFine() throws IOException {
    answers.put("/user/user_register", ApiEnvelope.failure(ImError.REGISTERED_ALREADY.bare()));
    AdminApi.login(rest, "s", "imAdmin").ensureRegistered("alice");
    assertThat(seen).hasSize(2);
    answers.put("/user/user_register", ApiEnvelope.failure(ImError.ARGS.bare()));
    AdminApi admin = AdminApi.login(rest, "s", "imAdmin");
    assertThatThrownBy(() -> admin.ensureRegistered("alice")).isInstanceOf(ImException.class);
  }

  @Test
  void gzippedAnswersAreInflated() throws IOException {
    gzip = true;
    answers.put("/x", ApiEnvelope.success(getAdminTokenResp.newBuilder().setToken("t").build()));
    assertThat(call("/x").getToken()).isEqualTo("t");
  }

  @Test
  void whateverIsNoEnvelopeIsAnIoException() {
    answers.put("/x", "<html>".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> call("/x"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/x answered HTTP 200 without an envelope");
  }

  private getAdminTokenResp call(String path) throws IOException {
    return rest.call(
        path, "", getAdminTokenReq.getDefaultInstance(), getAdminTokenResp.getDefaultInstance());
  }
}
