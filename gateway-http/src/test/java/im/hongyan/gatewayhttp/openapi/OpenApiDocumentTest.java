package im.hongyan.gatewayhttp.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.Declarations.DeclaredRoute;
import im.hongyan.wire.json.ApiEnvelope;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves that the document is one of OpenAPI 3.1 in the eyes of two others, has every route that is
 * served and no other, and says of bodies what our own codec writes and our guard refuses.
 */
class OpenApiDocumentTest {
  private static final String OFFICIAL = "https://spec.openapis.org/oas/3.1/schema-base/2022-10-07";
  private static final String OURS = "https://hongyan.example/openapi.json";

  private static final String TEXT =
      new String(OpenApiDocument.ofServedRoutes(), StandardCharsets.UTF_8);
  private static final JsonNode DOCUMENT = JsonMapper.shared().readTree(TEXT);

  /** The official schemas come with Vert.x; the judge is another library. */
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder
                  .schemaIdResolvers(resolvers ->
                      resolvers.mapPrefix(
                          "https://spec.openapis.org/", "classpath:spec.openapis.org/"))
                  .schemas(Map.of(OURS, TEXT)));

  private static List<String> faults(String location, String json) {
    Schema schema = SCHEMAS.getSchema(SchemaLocation.of(location));
    return schema.validate(json, InputFormat.JSON).stream().map(Object::toString).toList();
  }

  @Test
  void theOfficialSchemaFindsNoFault() {
    assertThat(faults(OFFICIAL, TEXT)).isEmpty();
    assertThat(faults(OFFICIAL, TEXT.replaceFirst("\"in\":\"header\"", "\"in\":\"head\"")))
        .as("what it does find")
        .isNotEmpty();
    assertThat(faults(OFFICIAL, TEXT.replaceFirst("\"type\":\"integer\"", "\"type\":\"int\"")))
        .as("also in schemas")
        .isNotEmpty();
  }

  @Test
  void anotherReaderResolvesEveryReferenceAndFindsTheSameRoutes() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      OpenAPIContract contract =
          OpenAPIContract.from(vertx, new JsonObject(TEXT))
              .toCompletionStage()
              .toCompletableFuture()
              .get(60, TimeUnit.SECONDS);
      assertThat(contract.operations().stream().map(Operation::getOpenAPIPath))
          .containsExactlyInAnyOrderElementsOf(served().map(OpenApiDocumentTest::path).toList());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  private static Stream<DeclaredRoute> served() {
    return Declarations.routes().stream();
  }

  private static String path(DeclaredRoute route) {
    return route.route().getPath().replaceFirst("\\*(\\w+)", "{$1}");
  }

  @Test
  void whatIsPlannedOrNotBuiltIsNotInIt() {
    List<String> absent =
        Declarations.allRoutes().stream()
            .filter(route -> !route.served())
            .map(OpenApiDocumentTest::path)
            .toList();
    assertThat(absent).isNotEmpty();
    assertThat(DOCUMENT.get("paths").propertyNames()).doesNotContainAnyElementsOf(absent);
    assertThat(DOCUMENT.get("paths").propertyNames())
        .containsExactlyElementsOf(served().map(OpenApiDocumentTest::path).sorted().toList());
  }

  private static JsonNode operation(String path) {
    return Objects.requireNonNull(DOCUMENT.get("paths").get(path).get("post"), path);
  }

  @Test
  void everyRouteSaysItsHeadersRightsRequestAndAnswers() {
    for (DeclaredRoute route : served().filter(one -> one.verb().equals("POST")).toList()) {
      JsonNode operation = operation(path(route));
      assertThat(operation.get("description").asString()).startsWith("Rights: ");
      assertThat(operation.get("parameters").get(0).get("$ref").asString())
          .isEqualTo("#/components/parameters/operationID");
      assertThat(operation.has("security")).isEqualTo(route.route().getOpen());
      assertThat(operation.get("requestBody").get("content").propertyNames())
          .containsExactly("application/json");
      assertThat(operation.get("responses").propertyNames())
          .containsExactly("200", "429", "default");
    }
  }

  private static String request(String path) {
    return at(path, "requestBody");
  }

  private static String answer(String path) {
    return at(path, "responses/200");
  }

  private static String at(String path, String place) {
    String escaped = path.replace("~", "~0").replace("/", "~1");
    return OURS + "#/paths/" + escaped + "/post/" + place + "/content/application~1json/schema";
  }

  /** Of every route: an answer with nothing in it, and one with something in every field. */
  @Test
  void answersAsOurCodecWritesThemFitTheirSchemas() {
    for (DeclaredRoute route : served().filter(one -> one.verb().equals("POST")).toList()) {
      String schema = answer(path(route));
      for (byte[] answer : answers(route)) {
        String json = new String(answer, StandardCharsets.UTF_8);
        assertThat(faults(schema, json)).as("%s of %s", json, path(route)).isEmpty();
      }
      assertThat(faults(schema, "{\"errCode\":1001,\"errMsg\":\"ArgsError\",\"errDlt\":\"\"}"))
          .isEmpty();
      assertThat(faults(schema, "{\"errCode\":\"0\",\"errMsg\":\"\",\"errDlt\":\"\"}"))
          .as(path(route))
          .isNotEmpty();
    }
  }

  private static List<byte[]> answers(DeclaredRoute route) {
    MethodDescriptor method = route.method();
    String name = route.route().getAnswer();
    if (method == null && name.isEmpty()) {
      return List.of(ApiEnvelope.success());
    }
    if (name.equals("openim.protobuf.StringValue")) {
      return List.of(ApiEnvelope.success(out -> out.string("{}")));
    }
    Descriptor type = method == null ? Declarations.message(name) : method.getOutputType();
    DynamicMessage empty = DynamicMessage.getDefaultInstance(type);
    DynamicMessage full = FullMessages.of(type);
    return route.route().getAnswers()
        ? List.of(ApiEnvelope.successOfList(List.of()), ApiEnvelope.successOfList(List.of(full)))
        : List.of(ApiEnvelope.success(empty), ApiEnvelope.success(full));
  }

  private static final List<String[]> REQUESTS =
      rows(
          """
          /friend/add_black | {"ownerUserID":"a","blackUserID":"b","ex":""} | fits
          /friend/add_black | {"ownerUserID":"a","blackUserID":"b","more":[]} | fits
          /friend/add_black | {"ownerUserID":"a"} | refused
          /friend/add_black | {"ownerUserID":"","blackUserID":"b"} | refused
          /friend/get_friend_list | {"userID":"a","pagination":{"pageNumber":1,"showNumber":10}} | fits
          /friend/get_friend_list | {"userID":"a","pagination":{"pageNumber":0,"showNumber":10}} | refused
          /friend/get_friend_list | {"userID":"a","pagination":{"showNumber":10}} | refused
          /friend/get_friend_list | {"userID":"a","pagination":{"pageNumber":1,"showNumber":10001}} | refused
          /friend/get_friend_list | {"userID":"a","pagination":null} | refused
          /friend/get_friend_list | {"userID":"a"} | refused
          /friend/update_friends | {"ownerUserID":"a","friendUserIDs":["b"],"isPinned":null,"remark":"x"} | fits
          /friend/update_friends | {"ownerUserID":"a","friendUserIDs":["b"],"isPinned":1} | fits
          /friend/update_friends | {"ownerUserID":"a","friendUserIDs":["b"],"isPinned":"1"} | refused
          /friend/update_friends | {"ownerUserID":"a","friendUserIDs":[],"isPinned":true} | refused
          /friend/update_friends | {"ownerUserID":"a","friendUserIDs":null,"isPinned":true} | refused
          /friend/add_friend_response | {"fromUserID":"a","toUserID":"b","handleResult":-1} | fits
          /friend/add_friend_response | {"fromUserID":"a","toUserID":"b","handleResult":2} | refused
          /friend/add_friend_response | {"fromUserID":"a","toUserID":"b"} | refused
          /user/get_users_info | {"userIDs":["a","b"]} | fits
          /user/get_users_info | {"userIDs":["a","a"],"more":1} | fits
          /user/get_users_info | {"userIDs":"a"} | refused
          /user/get_users_online_status | {"userIDs":["a"]} | fits
          /user/get_users_online_status | {"userIDs":[1]} | refused
          """);

  private static List<String[]> rows(String text) {
    return text.lines().map(line -> line.split(" \\| ", -1)).toList();
  }

  @Test
  void requestsAreDescribedWithTheirChecks() {
    List<String> wrong = new ArrayList<>();
    for (String[] row : REQUESTS) {
      boolean fits = faults(request(row[0]), row[1]).isEmpty();
      if (fits != row[2].equals("fits")) {
        wrong.add(String.join(" ", row));
      }
    }
    assertThat(wrong).isEmpty();
    StringBuilder many = new StringBuilder("{\"userIDs\":[\"a\"");
    many.append(",\"a\"".repeat(1_000)).append("]}");
    assertThat(faults(request("/user/get_users_info"), many.toString())).isNotEmpty();
  }

  @Test
  void rightsAreSaidInWords() {
    assertThat(
            List.of(
                rights("/auth/parse_token"),
                rights("/auth/get_user_token"),
                rights("/friend/add_black"),
                rights("/friend/is_friend"),
                rights("/group/mute_group"),
                rights("/user/get_users_online_status")))
        .containsExactly(
            "Rights: anybody, without a token",
            "Rights: app administrators",
            "Rights: the user that is named in `ownerUserID`, and app administrators",
            "Rights: the user that is named in `userID1` or `userID2`, and app administrators",
            "Rights: the owner and administrators of the group `groupID`, and app administrators",
            "Rights: app administrators");
  }

  private static String rights(String path) {
    return operation(path).get("description").asString().replaceFirst("\\..*", "");
  }
}
