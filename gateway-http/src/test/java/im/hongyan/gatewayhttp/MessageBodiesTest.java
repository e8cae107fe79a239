package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.Declarations.DeclaredRoute;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves, for every field of every route of {@code /msg}, which values are refused as no value of
 * its type, and how (rest-account.md 0.2, rest-message.md 5.1): before any check and any right. The
 * tables are made of the descriptors, so that a route that is added has its own. What the routes
 * then check stands in the scripts of standalone.
 */
class MessageBodiesTest {
  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
  private static final ClientAddresses CLIENTS = ClientAddresses.ofPeers();
  private static final Set<String> ADMINS = Set.of("imAdmin");
  private static final int MANY = 100_000;

  /** What is sent back says what is wrong and does not repeat the body. */
  private static final int MAX_REFUSAL_BYTES = 400;

  /** They bind in another way: HTTP status 400, and the parser's text as the detail. */
  private static final Set<String> SENDING =
      Set.of(
          "/msg/send_msg",
          "/msg/batch_send_msg",
          "/msg/send_business_notification",
          "/msg/send_simple_msg");

  /** Its members are kept as they are written; the scripts have its table. */
  private static final String CONTENT = "content";

  private static final List<String> NO_OBJECTS = List.of("1", "\"x\"", "true", "[]");
  private static final List<String> NO_LISTS = List.of("1", "\"x\"", "true", "{}");
  private static final List<String> NO_STRINGS = List.of("1", "1.5", "true", "{}", "[]");
  private static final List<String> NO_BOOLS = List.of("1", "0", "\"true\"", "{}", "[]");

  private static final List<String> NO_INTEGERS =
      List.of("\"1\"", "1.0", "1e2", "9223372036854775808", "true", "{}", "[]");

  private static final Gateway GATEWAY = gateway();

  private final List<String> faults = new ArrayList<>();

  private static Gateway gateway() {
    InstantServices services = new InstantServices();
    return new Gateway(
        services,
        METERS,
        new Admission(
            new ConcurrencyLimit("http", MANY, METERS),
            MANY,
            new RequestRates(
                CLIENTS, ADMINS, () -> new RequestRates.Rates(MANY, MANY, MANY), METERS),
            new SecretGuesses(CLIENTS, () -> MANY)),
        new AnswerReports(services, METERS),
        GatewayHttpModule.ownRoutes(
            services, ADMINS, InstantSource.system(), TestOperations.ALONE.centre()),
        new PrometheusTargets(service -> List.of()).reads(),
        Map.of());
  }

  static Stream<DeclaredRoute> routes() {
    return Declarations.routes().stream()
        .filter(route -> route.route().getPath().startsWith("/msg/"));
  }

  private static Descriptor request(DeclaredRoute route) {
    return route.method() == null
        ? Declarations.message(route.route().getRequest())
        : route.method().getInputType();
  }

  /** Values that are none of a field's type. */
  private static List<String> wrong(FieldDescriptor field) {
    if (field.isMapField()) {
      return NO_OBJECTS;
    }
    if (field.isRepeated()) {
      List<String> all = new ArrayList<>(NO_LISTS);
      wrongOne(field).forEach(value -> all.add("[" + value + "]"));
      return all;
    }
    return wrongOne(field);
  }

  private static List<String> wrongOne(FieldDescriptor field) {
    return switch (field.getType()) {
      case STRING, BYTES -> NO_STRINGS;
      case BOOL -> NO_BOOLS;
      case INT32, ENUM -> with(NO_INTEGERS, "2147483648", "-2147483649");
      case INT64 -> with(NO_INTEGERS, "-9223372036854775809");
      case MESSAGE -> {
        List<String> all = new ArrayList<>(NO_OBJECTS);
        for (FieldDescriptor inner : field.getMessageType().getFields()) {
          wrong(inner).forEach(value -> all.add(object(inner.getJsonName(), value)));
        }
        yield all;
      }
      default -> throw new IllegalStateException("no table for " + field);
    };
  }

  private static List<String> with(List<String> values, String... more) {
    return Stream.concat(values.stream(), Stream.of(more)).toList();
  }

  private static String object(String key, String value) {
    return "{\"" + key + "\":" + value + "}";
  }

  private static List<FieldDescriptor> fields(DeclaredRoute route) {
    return request(route).getFields().stream()
        .filter(field ->
            !field.getName().equals(CONTENT) || field.getType() != FieldDescriptor.Type.MESSAGE)
        .toList();
  }

  private HttpResponse post(DeclaredRoute route, String body) {
    String path = route.route().getPath();
    // The key of send_simple_msg comes first.
    String query = path.equals("/msg/send_simple_msg") ? "key=e30=" : "";
    return GATEWAY.handle(
        new HttpRequest(
            "POST",
            path,
            query,
            InetAddress.getLoopbackAddress(),
            new DefaultHttpHeaders().set("operationID", "1").set("token", "alice"),
            body.getBytes(StandardCharsets.UTF_8)));
  }

  private static JsonNode envelope(HttpResponse answer) {
    return JsonMapper.shared().readTree(answer.body());
  }

  private void require(boolean holds, String what, HttpResponse answer) {
    if (!holds) {
      String body = new String(answer.body(), StandardCharsets.UTF_8);
      String shown = what.length() > 200 ? what.substring(0, 200) + "…" : what;
      faults.add(shown + " -> " + answer.status() + " " + body);
    }
  }

  /** Refused by the parser. */
  private void refused(DeclaredRoute route, String body) {
    HttpResponse answer = post(route, body);
    JsonNode envelope = envelope(answer);
    boolean sends = SENDING.contains(route.route().getPath());
    String message = envelope.path("errMsg").asString();
    String detail = envelope.path("errDlt").asString();
    require(
        answer.status() == (sends ? 400 : 200)
            && envelope.path("errCode").asInt() == 1001
            && (sends ? detail : message).startsWith("json: ")
            && (sends ? message.equals("ArgsError") : detail.isEmpty())
            && answer.body().length < MAX_REFUSAL_BYTES,
        body,
        answer);
  }

  /** Refused, by whom it may. */
  private void badArguments(DeclaredRoute route, String body) {
    HttpResponse answer = post(route, body);
    int code = envelope(answer).path("errCode").asInt();
    require(code == 1001 && answer.body().length < MAX_REFUSAL_BYTES, body, answer);
  }

  /** Not refused by the parser. */
  private void read(DeclaredRoute route, String body) {
    HttpResponse answer = post(route, body);
    JsonNode envelope = envelope(answer);
    String text = envelope.path("errMsg").asString() + envelope.path("errDlt").asString();
    int code = envelope.path("errCode").asInt();
    require(code != 500 && !text.contains("json"), body, answer);
  }

  @ParameterizedTest
  @MethodSource("routes")
  void valuesOfAnotherTypeAreRefusedBeforeChecksAndRights(DeclaredRoute route) {
    for (FieldDescriptor field : fields(route)) {
      String name = field.getJsonName();
      for (String value : wrong(field)) {
        refused(route, object(name, value));
      }
      String first = wrong(field).getFirst();
      refused(route, object(name.toUpperCase(Locale.ROOT), first));
      refused(route, "{\"%s\":null,\"%s\":%s}".formatted(name, name, first));
      refused(route, "{\"unknown\":{\"a\":[1]},\"%s\":%s}".formatted(name, first));
    }
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void nullIsReadAsAbsentAndUnknownKeysAreNotLookedAt(DeclaredRoute route) {
    for (FieldDescriptor field : fields(route)) {
      String name = field.getJsonName();
      read(route, object(name, "null"));
      read(route, object(name + "2", "[{}]"));
      if (field.isRepeated() && !field.isMapField()) {
        read(route, object(name, "[null]"));
      }
    }
    read(route, "null");
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void bodiesThatAreNoObjectAreRefused(DeclaredRoute route) {
    for (String body : NO_OBJECTS) {
      refused(route, body);
    }
    for (String body :
        List.of("", "{", "{\"a\"}", "{\"a\":}", "{\"a\":tru}", "{\"a\":\"\u0001\"}", "\u0000")) {
      badArguments(route, body);
    }
    assertThat(faults).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("routes")
  void deepWideAndLongBodiesAreRefusedOrReadWithoutAFault(DeclaredRoute route) {
    List<String> deep =
        List.of("[".repeat(200) + "]".repeat(200), "{\"a\":".repeat(200) + "1" + "}".repeat(200));
    String longText = "\"" + "\\u0000é\uD83D\uDE00".repeat(5_000) + "\"";
    for (String value : deep) {
      badArguments(route, object("unknown", value));
    }
    read(route, "{" + "\"k\":1,".repeat(5_000) + "\"k\":1}");
    for (FieldDescriptor field : request(route).getFields()) {
      deep.forEach(value -> badArguments(route, object(field.getJsonName(), value)));
      HttpResponse answer = post(route, object(field.getJsonName(), longText));
      require(envelope(answer).path("errCode").asInt() != 500, field.getJsonName(), answer);
      if (field.isRepeated() && !field.isMapField()) {
        badArguments(route, object(field.getJsonName(), "[" + "null,".repeat(60_000) + "null]"));
      }
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void thereIsATableForEachRoute() {
    assertThat(routes().filter(route -> request(route).getFields().isEmpty()))
        .extracting(route -> route.route().getPath())
        .as("bodies without any field")
        .containsExactlyInAnyOrder("/msg/check_msg_is_send_success", "/msg/get_server_time");
    assertThat(routes().map(route -> route.route().getPath())).containsAll(SENDING);
  }
}
