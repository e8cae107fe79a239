package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusReq;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp.SuccessDetail;
import im.hongyan.proto.msggateway.GetUsersOnlineStatusResp.SuccessResult;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImException;
import io.grpc.Channel;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves at the socket what administrators learn of users' connections at several gateways, of
 * which one fails (rest-account.md 2.10, 2.11). A token is the id of its user.
 */
class OnlineStatusRoutesTest {
  private static final String STATUS = "/user/get_users_online_status";
  private static final String TOKENS = "/user/get_users_online_token_detail";
  private static final String ADMIN = "imAdmin";
  private static final String SUCCESS = "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ShareConfig share =
      ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
  private final Lifecycle lifecycle = new Lifecycle();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private int port;

  /** Several gateways, each with connections of its own. */
  private static final class Gateways implements ServiceLocator {
    private final InProcessLocator rest = new InProcessLocator("n1");
    private final Map<String, InProcessLocator> gateways = new LinkedHashMap<>();

    void add(String node, Rpcs rpcs) {
      InProcessLocator gateway = new InProcessLocator(node);
      gateway.serve(ServiceName.GATEWAY_WS, rpcs.services());
      gateways.put(node, gateway);
    }

    @Override
    public Channel channel(ServiceName service) {
      return rest.channel(service);
    }

    @Override
    public Map<String, Channel> nodes(ServiceName service) {
      if (service != ServiceName.GATEWAY_WS) {
        return rest.nodes(service);
      }
      Map<String, Channel> nodes = new LinkedHashMap<>();
      gateways.forEach((node, gateway) -> nodes.put(node, gateway.channel(service)));
      return nodes;
    }

    @Override
    public void serve(ServiceName service, List<ServerServiceDefinition> definitions) {
      rest.serve(service, definitions);
    }

    @Override
    public void withdraw() {}

    @Override
    public void close() {
      rest.close();
      gateways.values().forEach(InProcessLocator::close);
    }
  }

  private Rpcs rpcs() {
    return new Rpcs(share, meters);
  }

  private Rpcs gateway(SuccessResult... users) {
    return rpcs()
        .add(rows ->
            rows.unary(
                msgGatewayGrpc.getGetUsersOnlineStatusMethod(),
                (caller, request) -> answer(caller, request, users)));
  }

  private GetUsersOnlineStatusResp answer(
      Caller caller, GetUsersOnlineStatusReq request, SuccessResult... users) {
    asked.add(caller.service() + " " + request.getUserIDsList());
    GetUsersOnlineStatusResp.Builder answer = GetUsersOnlineStatusResp.newBuilder();
    for (SuccessResult user : users) {
      if (request.getUserIDsList().contains(user.getUserID())) {
        answer.addSuccessResult(user);
      }
    }
    return answer.build();
  }

  private static SuccessResult user(String id, SuccessDetail... connections) {
    return SuccessResult.newBuilder()
        .setUserID(id)
        .setStatus(1)
        .addAllDetailPlatformStatus(List.of(connections))
        .build();
  }

  private static SuccessDetail connection(int platform, String id, boolean background) {
    return SuccessDetail.newBuilder()
        .setPlatformID(platform)
        .setConnID(id)
        .setIsBackground(background)
        .setToken("hash-" + id)
        .build();
  }

  @BeforeEach
  void serve() {
    Gateways locator = lifecycle.add("locator", new Gateways());
    locator.serve(
        ServiceName.AUTH,
        rpcs()
            .add(rows ->
                rows.unary(
                    AuthGrpc.getParseTokenMethod(),
                    (caller, request) ->
                        parseTokenResp
                            .newBuilder()
                            .setUserID(request.getToken())
                            .setPlatformID(5)
                            .build()))
            .services());
    locator.add("a", gateway(user("alice", connection(5, "c1", false), connection(1, "c2", true))));
    locator.add(
        "broken",
        rpcs()
            .add(rows ->
                rows.unary(
                    msgGatewayGrpc.getGetUsersOnlineStatusMethod(),
                    (caller, request) -> {
                      throw ImException.internal("broken");
                    })));
    locator.add(
        "b",
        gateway(
            user("bob", connection(2, "c3", false)), user("alice", connection(5, "c4", false))));
    ServiceContext context =
        new ServiceContext(
            "n1", InstantSource.system(), meters, locator, lifecycle, new Readiness());
    Settings settings = Settings.load(Path.of("none"), Map.of(), Map.of("gateway.http.port", "0"));
    port =
        GatewayHttpModule.start(GatewayHttpConfig.from(settings), context, TestOperations.ALONE)
            .port();
  }

  @AfterEach
  void stop() {
    client.close();
    lifecycle.close();
  }

  private HttpResponse<String> post(String path, String token, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .headers("operationID", "op", "token", token)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void connectionsOfAllGatewaysAreOneStatus() throws Exception {
    HttpResponse<String> answer =
        post(STATUS, ADMIN, "{\"userIDs\":[\"bob\",\"nobody\",\"alice\",\"bob\"]}");
    String bob =
        "{\"userID\":\"bob\",\"status\":1,\"detailPlatformStatus\":[{\"platformID\":2,"
            + "\"connID\":\"c3\",\"isBackground\":false,\"token\":\"hash-c3\"}]}";
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            SUCCESS
                + "["
                + bob
                + ",{\"userID\":\"nobody\",\"status\":0,\"detailPlatformStatus\":null},"
                + "{\"userID\":\"alice\",\"status\":1,\"detailPlatformStatus\":["
                + "{\"platformID\":5,\"connID\":\"c1\",\"isBackground\":false,"
                + "\"token\":\"hash-c1\"},{\"platformID\":1,\"connID\":\"c2\","
                + "\"isBackground\":true,\"token\":\"hash-c2\"},{\"platformID\":5,"
                + "\"connID\":\"c4\",\"isBackground\":false,\"token\":\"hash-c4\"}]},"
                + bob
                + "]}");
    assertThat(asked)
        .as("as a service, each user once")
        .containsOnly("true [bob, nobody, alice]")
        .hasSize(2);
  }

  @Test
  void tokensOfAllGatewaysAreListedByPlatformOfThoseOnline() throws Exception {
    HttpResponse<String> answer =
        post(TOKENS, ADMIN, "{\"userIDs\":[\"nobody\",\"alice\",\"bob\"]}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(
            SUCCESS
                + "[{\"userID\":\"alice\",\"status\":1,\"singlePlatformToken\":["
                + "{\"platformID\":1,\"total\":1,\"token\":[\"hash-c2\"]},"
                + "{\"platformID\":5,\"total\":2,\"token\":[\"hash-c1\",\"hash-c4\"]}]},"
                + "{\"userID\":\"bob\",\"status\":1,\"singlePlatformToken\":["
                + "{\"platformID\":2,\"total\":1,\"token\":[\"hash-c3\"]}]}]}");
    assertThat(post(TOKENS, ADMIN, "{\"userIDs\":[\"nobody\"]}").body())
        .isEqualTo(SUCCESS + "null}");
  }

  @ParameterizedTest
  @ValueSource(strings = {STATUS, TOKENS})
  void nobodyIsAskedForWithoutUsers(String path) throws Exception {
    for (String body : List.of("{}", "null", "{\"userIDs\":null}", "{\"userIDs\":[]} more")) {
      HttpResponse<String> answer = post(path, ADMIN, body);
      assertThat(answer.statusCode()).as(body).isEqualTo(200);
      assertThat(answer.body()).as(body).isEqualTo(SUCCESS + "null}");
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({STATUS + ",500,ServerInternalError", TOKENS + ",1001,ArgsError"})
  void aBodyThatIsNoJsonIsABadRequest(String path, int code, String text) throws Exception {
    for (String body :
        List.of("", "{", "x", "[]", "{\"userIDs\":\"alice\"}", "{\"userIDs\":[7]}")) {
      HttpResponse<String> answer = post(path, "eve", body);
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(answer.body())
          .as(body)
          .matches("\\{\"errCode\":" + code + ",\"errMsg\":\"" + text + "\",\"errDlt\":\".+\"\\}");
    }
    assertThat(
            meters
                .get("api_count")
                .tags("path", path, "method", "POST", "code", Integer.toString(code))
                .counter()
                .count())
        .isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {STATUS, TOKENS})
  void onlyAdministratorsAsk(String path) throws Exception {
    for (String body : List.of("{}", "{\"userIDs\":[\"alice\"]}")) {
      HttpResponse<String> answer = post(path, "alice", body);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body())
          .isEqualTo(
              "{\"errCode\":1002,\"errMsg\":\"NoPermissionError\",\"errDlt\":\"only app manager\"}");
    }
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {STATUS, TOKENS})
  void tooManyUsersAreRefused(String path) throws Exception {
    String ids = String.join(",", Collections.nCopies(1_001, "\"u\""));
    assertThat(post(path, ADMIN, "{\"userIDs\":[" + ids + "]}").body())
        .contains("\"errCode\":1001")
        .contains("userIDs has more than 1000 elements");
  }
}
