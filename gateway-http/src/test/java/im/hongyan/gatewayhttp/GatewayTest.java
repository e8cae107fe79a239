package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.getAdminTokenReq;
import im.hongyan.proto.auth.getAdminTokenResp;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.wire.error.ImError;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.stub.StreamObserver;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves the general rules of REST (rest-account.md 0.1 to 0.8) and the gateway's meters
 * (errors-config-ops.md 7) over a socket, with a service behind it that knows one token.
 */
class GatewayTest {
  private static final String NO_OPERATION =
      "{\"errCode\":1001,\"errMsg\":\"ArgsError\",\"errDlt\":\"header must have operationID\"}";
  private static final String NO_TOKEN =
      "{\"errCode\":1001,\"errMsg\":\"ArgsError\",\"errDlt\":\"header must have token\"}";

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Lifecycle lifecycle = new Lifecycle();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> operationIds = new CopyOnWriteArrayList<>();
  private int port;

  private static final class Tokens extends AuthGrpc.AuthImplBase {
    @Override
    public void getAdminToken(getAdminTokenReq request, StreamObserver<getAdminTokenResp> answer) {
      if (request.getSecret().equals("right")) {
        answer.onNext(getAdminTokenResp.getDefaultInstance());
        answer.onCompleted();
      } else {
        answer.onError(RpcErrors.toStatus(ImError.NO_PERMISSION.with("secret invalid")));
      }
    }

    @Override
    public void parseToken(parseTokenReq request, StreamObserver<parseTokenResp> answer) {
      if (request.getToken().equals("good")) {
        answer.onNext(parseTokenResp.newBuilder().setUserID("u1").setPlatformID(5).build());
        answer.onCompleted();
      } else {
        answer.onError(RpcErrors.toStatus(ImError.TOKEN_EXPIRED.bare()));
      }
    }
  }

  private String adminToken(String secret, String address) throws Exception {
    return post(
            "/auth/get_admin_token",
            "{\"secret\":\"" + secret + "\",\"userID\":\"imAdmin\"}",
            "operationID",
            "1",
            "X-Forwarded-For",
            address)
        .body();
  }

  @Test
  void anAddressThatGuessesTheSecretLocksOutItselfAlone() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(adminToken("right", "203.0.113.7")).contains("\"errCode\":0");
    }
    for (int i = 0; i < 3; i++) {
      assertThat(adminToken("guess" + i, "203.0.113.7")).contains("\"errCode\":1002");
    }
    assertThat(adminToken("guess", "203.0.113.7")).contains("\"errCode\":429");
    assertThat(adminToken("right", "203.0.113.7"))
        .as("else the answer would tell the right one")
        .contains("\"errCode\":429");
    HttpResponse<String> refused =
        post("/auth/get_admin_token", "{}", "operationID", "1", "X-Forwarded-For", "203.0.113.7");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("X-RateLimit-Limit")).contains("3");
    assertThat(refused.headers().firstValue("Retry-After")).contains("5");
    assertThat(adminToken("right", "203.0.113.8")).contains("\"errCode\":0");
    assertThat(adminToken("right", "127.0.0.1")).as("exempt").contains("\"errCode\":0");
  }

  private static Settings settings(String... more) {
    Map<String, String> settings = new HashMap<>();
    settings.put("gateway.http.port", "0");
    settings.put("gateway.http.maxBodyBytes", "200000");
    settings.put("gateway.http.trustedProxies", "127.0.0.1");
    settings.put("gateway.http.secretGuessesPerMinute", "3");
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return Settings.load(Path.of("none.yml"), Map.of(), settings);
  }

  @BeforeEach
  void serve() {
    InProcessLocator locator = lifecycle.add("locator", new InProcessLocator("n1"));
    locator.serve(
        ServiceName.AUTH, List.of(ServerInterceptors.intercept(new Tokens(), operations())));
    ServiceContext context =
        new ServiceContext(
            "n1", InstantSource.system(), meters, locator, lifecycle, new Readiness());
    port =
        GatewayHttpModule.start(GatewayHttpConfig.from(settings()), context, TestOperations.ALONE)
            .port();
  }

  private ServerInterceptor operations() {
    return new ServerInterceptor() {
      @Override
      public <A, B> ServerCall.Listener<A> interceptCall(
          ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
        operationIds.add(CallContext.readFrom(headers).operationId());
        return next.startCall(call, headers);
      }
    };
  }

  @AfterEach
  void stop() {
    client.close();
    lifecycle.close();
  }

  private HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return send("POST", path, body, headers);
  }

  @Test
  void operationIdComesBeforeTheTokenAndBothBeforeThePath() throws Exception {
    for (String path : List.of("/user/get_users_info", "/nowhere")) {
      assertThat(post(path, "{}", "token", "good").body()).as(path).isEqualTo(NO_OPERATION);
      assertThat(post(path, "{}", "operationID", "1").body()).as(path).isEqualTo(NO_TOKEN);
      HttpResponse<String> expired = post(path, "{}", "operationID", "1", "token", "bad");
      assertThat(expired.statusCode()).isEqualTo(200);
      assertThat(expired.body()).contains("\"errCode\":1501,\"errMsg\":\"TokenExpiredError\"");
    }
    HttpResponse<String> unknown = post("/nowhere", "{}", "operationID", "1", "token", "good");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).isEqualTo("404 page not found");
    assertThat(unknown.headers().firstValue("Content-Type")).contains("text/plain");
    assertThat(unknown.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
  }

  @Test
  void whatBeginsLikeAnOpenPathNeedsNoToken() throws Exception {
    HttpResponse<String> open =
        post("/auth/parse_token", "{\"token\":\"good\"}", "operationID", "1");
    assertThat(open.body()).contains("\"errCode\":0").contains("\"userID\":\"u1\"");
    assertThat(post("/auth/parse_token2", "{}", "operationID", "1").statusCode()).isEqualTo(404);
    assertThat(post("/auth/parse_token2", "{}").body()).isEqualTo(NO_OPERATION);
  }

  @Test
  void everyAnswerHasItsOwnIdAndTheHeadersOfCors() throws Exception {
    for (HttpResponse<String> answer :
        List.of(
            post("/nowhere", ""),
            send("OPTIONS", "/nowhere", ""),
            send("PUT", "/auth/parse_token", "{}"),
            post("/auth/parse_token", "x".repeat(200_001), "operationID", "1"))) {
      Map<String, List<String>> headers = answer.headers().map();
      assertThat(headers.get("access-control-max-age")).containsExactly("172800");
      assertThat(headers.get("access-control-allow-credentials")).containsExactly("false");
      assertThat(headers.get("x-http-id")).singleElement().satisfies(UUID::fromString);
    }
    HttpResponse<String> options = send("OPTIONS", "/nowhere", "");
    assertThat(options.statusCode()).isEqualTo(200);
    assertThat(options.body()).isEqualTo("\"Options Request!\"");
    assertThat(options.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(send("PUT", "/auth/parse_token", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void aSlashTooMuchIsRedirectedWithoutAnyCheck() throws Exception {
    HttpResponse<String> answer = post("/auth/parse_token/?a=b", "{}");
    assertThat(answer.statusCode()).isEqualTo(307);
    assertThat(answer.headers().firstValue("Location")).contains("/auth/parse_token?a=b");
    assertThat(send("GET", "/auth/parse_token/", "").statusCode()).isEqualTo(404);
  }

  /** Sends headers that announce a body, and no body. */
  private String unfinished(String path, int length, String... headers) throws IOException {
    StringBuilder head =
        new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length);
    for (int i = 0; i < headers.length; i += 2) {
      head.append("\r\n").append(headers[i]).append(": ").append(headers[i + 1]);
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void headersThatAreRefusedAreAnsweredWithoutTheirBody() throws Exception {
    String route = "/user/get_users_info";
    assertThat(unfinished(route, 9)).endsWith(NO_OPERATION);
    assertThat(unfinished(route, 9, "operationID", "1")).endsWith(NO_TOKEN);
    assertThat(unfinished(route, 9, "operationID", "1", "token", "bad")).contains("1501");
    assertThat(unfinished("/nowhere", 9, "operationID", "1", "token", "good"))
        .startsWith("HTTP/1.1 404 ")
        .endsWith("404 page not found");
    assertThat(unfinished("/auth/parse_token/", 9)).startsWith("HTTP/1.1 307 ");
    assertThat(unfinished("/auth/parse_token", 65_537, "operationID", "1"))
        .as("no large body without a token")
        .startsWith("HTTP/1.1 413 ");
    assertThat(httpCount("<404>", "POST", "404")).isEqualTo(1);
  }

  @Test
  void longOperationIdsAreCut() throws Exception {
    post("/auth/parse_token", "{\"token\":\"good\"}", "operationID", "o".repeat(4_000));
    assertThat(operationIds).containsExactly("o".repeat(128));
  }

  @Test
  void aBodyOverTheLimitGetsAnEnvelope() throws Exception {
    HttpResponse<String> answer =
        post("/auth/parse_token", "x".repeat(200_001), "operationID", "1");
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"errCode\":1001,\"errMsg\":\"ArgsError\","
                + "\"errDlt\":\"http request body is too large\"}");
  }

  @Test
  void whatClientsInventDoesNotBecomeAMeter() throws Exception {
    post("/auth/parse_token", "{\"token\":\"good\"}", "operationID", "1");
    post("/invented", "{}", "operationID", "1", "token", "good");
    send("INVENTED", "/invented", "");
    assertThat(httpCount("/auth/parse_token", "POST", "200")).isEqualTo(1);
    assertThat(httpCount("<404>", "POST", "404")).isEqualTo(1);
    assertThat(httpCount("<404>", "other", "404")).isEqualTo(1);
    assertThat(meters.scrape()).doesNotContainIgnoringCase("invented");
  }

  @Test
  void callsOfRoutesAreCountedAndTimed() throws Exception {
    post("/auth/parse_token", "{\"token\":\"good\"}", "operationID", "1");
    post("/auth/parse_token", "{\"token\":\"bad\"}", "operationID", "1");
    for (String code : List.of("0", "1501")) {
      assertThat(
              meters
                  .get("api_count")
                  .tags("path", "/auth/parse_token", "method", "POST", "code", code)
                  .counter()
                  .count())
          .isEqualTo(1);
    }
    assertThat(meters.get("api_duration").tag("path", "/auth/parse_token").timer().count())
        .isEqualTo(2);
  }

  private double httpCount(String path, String method, String status) {
    return meters
        .get("http_count")
        .tags("path", path, "method", method, "status", status)
        .counter()
        .count();
  }

  @Test
  void operatorsReadTheirPagesOverLoopback() throws Exception {
    assertThat(send("GET", "/healthz", "").body()).isEqualTo("operator");
    assertThat(send("POST", "/healthz", "").body()).isEqualTo(NO_OPERATION);
  }

  @Test
  void afterTheDrainNobodyIsServed() throws Exception {
    post("/nowhere", "");
    lifecycle.drain();
    assertThatThrownBy(() -> post("/nowhere", "")).isInstanceOf(IOException.class);
  }

  @Test
  void settingsThatMakeNoSenseStopTheStart() {
    for (Settings wrong :
        List.of(
            settings("gateway.http.tls.key", "a.key"),
            settings("gateway.http.trustedProxies", "proxy"),
            settings("gateway.http.requestTimeout", "0s"),
            settings("gateway.http.maxUnfinishedBytes", "399999"),
            settings("gateway.http.maxUnfinishedBytesPerAddress", "399999"),
            settings("gateway.http.maxConnections", "0"))) {
      assertThatThrownBy(() -> GatewayHttpConfig.from(wrong))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith("gateway.http.");
    }
  }
}
