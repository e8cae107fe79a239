package im.hongyan.standalone.routes;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.id.SessionType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves by scripts ({@link RouteScript}) that routes answer what rest-account.md says: of each the
 * body of a success, key by key, and the errors in their order.
 */
@ExtendWith(SharedSystem.class)
class RouteScriptsE2E {
  private static final List<String> SCRIPTS =
      List.of(
          "friend",
          "conversation",
          "group-reads",
          "group-changes",
          "msg-send",
          "msg-changes",
          "search",
          "statistics",
          "jssdk",
          "config");

  private static final JsonMapper JSON = new JsonMapper();
  private static final String ADMIN = "admin";

  private static final int TOO_MANY = 1_001;
  private static final int TOO_MANY_SEQS = 10_001;
  private static final int TOO_LONG = 256;
  private static final String MANY =
      IntStream.range(0, TOO_MANY).mapToObj(i -> "\"m" + i + "\"").collect(Collectors.joining(","));

  private static SystemAddress system;
  private static HttpClient http;
  private static String adminToken;

  @BeforeAll
  static void start(RunningSystem shared) {
    system = shared.address();
    http = HttpClient.newHttpClient();
    String request =
        "{\"secret\":\"" + system.secret() + "\",\"userID\":\"" + SystemAddress.ADMIN + "\"}";
    adminToken =
        JSON.readTree(post("/auth/get_admin_token", "", request)).at("/data/token").asString();
  }

  @AfterAll
  static void stop() {
    http.close();
  }

  private static RouteScript script(String name) {
    try (InputStream in = RouteScriptsE2E.class.getResourceAsStream("/routes/" + name + ".txt")) {
      assertThat(in).as("script " + name).isNotNull();
      return RouteScript.parse(
          new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> scripts() {
    return SCRIPTS;
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void everyStepIsAnsweredAsTheScriptSays(String name) {
    RouteScript script = script(name);
    Map<String, String> variables = new HashMap<>();
    Map<String, String> tokens = new HashMap<>(Map.of(ADMIN, adminToken));
    Map<String, LoginOptions> logins = new HashMap<>();
    for (String user : script.users()) {
      LoginOptions login = system.login(user + MessageIds.next().substring(0, 8), Platform.ANDROID);
      variables.put(user, login.userId());
      tokens.put(user, login.token());
      logins.put(user, login);
    }
    List<String> faults = new ArrayList<>();
    for (RouteScript.Step step : script.steps()) {
      if (step.says()) {
        say(logins.get(step.caller()), replaced(step.request(), variables));
        continue;
      }
      if (step.repeated()) {
        String caller = step.caller();
        Eventually.until(
            "line " + step.line(), () -> play(step, tokens.get(caller), variables).isEmpty());
      }
      play(step, tokens.get(step.caller()), variables)
          .forEach(fault -> faults.add("line " + step.line() + ", " + step.path() + ": " + fault));
    }
    assertThat(faults).isEmpty();
  }

  /** Sends and waits for the sender's own copy, which comes when the message can be read. */
  private static void say(@Nullable LoginOptions login, String request) {
    String[] parts = request.split(" +", 2);
    try (TestUser user = new TestUser(Objects.requireNonNull(login, "who says it"))) {
      MsgData message = user.text(parts[0], parts[1]);
      if (parts[0].startsWith("@")) {
        message =
            message.toBuilder()
                .setSessionType(SessionType.GROUP.number())
                .setGroupID(parts[0].substring(1))
                .clearRecvID()
                .build();
      }
      user.send(message);
      while (!user.awaitPush().message().getClientMsgID().equals(message.getClientMsgID())) {}
    }
  }

  private static List<String> play(
      RouteScript.Step step, @Nullable String token, Map<String, String> variables) {
    if (token == null) {
      return List.of("no user " + step.caller());
    }
    HttpResponse<String> answer =
        send(path(step.path(), variables), token, request(step.request(), variables));
    List<String> differences =
        new ArrayList<>(
            new BodyMatcher(variables)
                .differences(
                    JSON.readTree(envelope(replaced(step.body(), variables))),
                    JSON.readTree(answer.body())));
    if (answer.statusCode() != step.status()) {
      differences.add("HTTP status " + answer.statusCode());
    }
    return differences;
  }

  private static String path(String text, Map<String, String> variables) {
    String path = replaced(text, variables);
    int object = path.indexOf("={") + 1;
    return object == 0
        ? path
        : path.substring(0, object)
            + Base64.getEncoder()
                .encodeToString(path.substring(object).getBytes(StandardCharsets.UTF_8));
  }

  private static String request(String text, Map<String, String> variables) {
    return replaced(text, variables)
        .replace("\"@many\"", MANY)
        .replace("\"@objects\"", String.join(",", Collections.nCopies(TOO_MANY, "{}")))
        .replace("\"@seqs\"", String.join(",", Collections.nCopies(TOO_MANY_SEQS, "1")))
        .replace("@long", "x".repeat(TOO_LONG));
  }

  private static String replaced(String text, Map<String, String> variables) {
    List<String> longestFirst =
        variables.keySet().stream().sorted((a, b) -> b.length() - a.length()).toList();
    String replaced = text;
    for (String name : longestFirst) {
      replaced = replaced.replace("$" + name, variables.getOrDefault(name, ""));
    }
    return replaced;
  }

  private static String envelope(String expected) {
    if (expected.equals("ok")) {
      return "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}";
    }
    if (expected.matches("(?s)[{\\[\"].*") || expected.equals("null")) {
      return "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":" + expected + "}";
    }
    if (expected.startsWith("@")) {
      return "{\"errCode\":" + expected.substring(1) + ",\"errMsg\":\"@any\",\"errDlt\":\"\"}";
    }
    String[] parts = expected.split(" ", 2);
    int code = Integer.parseInt(parts[0]);
    return JSON.writeValueAsString(
        Map.of(
            "errCode",
            code,
            "errMsg",
            ImError.of(code).orElseThrow().text(),
            "errDlt",
            parts.length > 1 ? parts[1] : ""));
  }

  private static String post(String path, String token, String body) {
    return send(path, token, body).body();
  }

  private static HttpResponse<String> send(String path, String token, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(system.api().resolve(path))
            .header("operationID", MessageIds.next())
            .header("token", token.isEmpty() ? "none" : token)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Routes of these tables come from the descriptors, which are compared with the tables. */
  @ParameterizedTest
  @ValueSource(
      strings = {"/friend/", "/conversation/", "/group/", "/msg/", "/statistics/", "/jssdk/"})
  void everyRouteHasTheBodyOfASuccess(String prefix) {
    Set<String> shown =
        SCRIPTS.stream()
            .flatMap(script -> script(script).steps().stream())
            .filter(RouteScript.Step::succeeds)
            .map(RouteScript.Step::route)
            .filter(path -> path.startsWith(prefix))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> declared =
        Declarations.routes().stream()
            .map(route -> route.route().getPath())
            .filter(path -> path.startsWith(prefix))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(declared).isNotEmpty();
    assertThat(shown).containsExactlyElementsOf(declared);
  }

  @Test
  void aDifferenceIsSeen() {
    JsonNode expected = JSON.readTree("{\"a\":1,\"b\":[\"@any\"],\"c\":\"@number\"}");
    assertThat(new BodyMatcher(new HashMap<>()).differences(expected, expected))
        .containsExactly(".c: \"@number\" instead of @number");
    JsonNode other = JSON.readTree("{\"a\":2,\"b\":[],\"c\":1,\"d\":null}");
    assertThat(new BodyMatcher(new HashMap<>()).differences(expected, other)).hasSize(3);
  }
}
