package im.hongyan.gatewayhttp.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.Declarations.DeclaredRoute;
import im.hongyan.proto.options.Access;
import im.hongyan.wire.error.ImError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The REST routes as an OpenAPI 3.1 document, made of what the .proto files declare: a route that
 * is served is in it, without a list to be kept. Names no server, which means the one that gave it.
 * For use by one thread.
 */
public final class OpenApiDocument {
  private static final String ENVELOPE = "Envelope";
  private static final String LIMITED = "TooManyRequests";
  private static final String WILDCARD = "/*";

  private final FieldSchemas fields = new FieldSchemas();
  private final Set<String> tags = new TreeSet<>();

  private OpenApiDocument() {}

  /** The document of the routes that are served, as UTF-8. */
  public static byte[] ofServedRoutes() {
    return of(Declarations.routes());
  }

  /** The document of some routes. */
  static byte[] of(List<DeclaredRoute> routes) {
    return JsonTree.write(new OpenApiDocument().document(routes));
  }

  private Node document(List<DeclaredRoute> routes) {
    Node paths = new Node();
    routes.stream()
        .sorted(Comparator.comparing(route -> route.route().getPath()))
        .forEach(route ->
            paths.at(path(route)).put(route.verb().toLowerCase(Locale.ROOT), operation(route)));
    Node schemas = new Node();
    schemas.put(ENVELOPE, envelope());
    schemas.putAll(fields.schemas());
    return Node.of(
        "openapi",
        "3.1.0",
        "info",
        info(),
        "security",
        List.of(Node.of("token", List.of())),
        "tags",
        tags.stream().map(tag -> Node.of("name", tag)).toList(),
        "paths",
        paths,
        "components",
        Node.of(
            "schemas",
            schemas,
            "responses",
            responses(),
            "parameters",
            Node.of("operationID", operationId()),
            "securitySchemes",
            Node.of("token", token())));
  }

  private static Node info() {
    String codes =
        Stream.of(ImError.values())
            .map(error -> "| " + error.code() + " | " + error.text() + " |")
            .collect(Collectors.joining("\n"));
    return Node.of(
        "title",
        "Hongyan IM REST API",
        "version",
        "3.8",
        "summary",
        "The REST routes of OpenIM v3.8, and ours beside them.",
        "description",
        """
        Every route takes POST with a JSON body and the header operationID. Errors come with HTTP status 200 and an \
        errCode that is not 0; the statuses 404, 413, 429, 500 and 503 are the exceptions. 64-bit numbers are JSON \
        numbers, which may be larger than JavaScript keeps exactly. An empty list is null in answers. Keys of requests \
        are read in any letter case, and unknown ones are ignored.

        | errCode | errMsg |
        |---|---|
        """
            + codes,
        "license",
        Node.of("name", "Apache 2.0", "identifier", "Apache-2.0"));
  }

  private static Node operationId() {
    return Node.of(
        "name",
        "operationID",
        "in",
        "header",
        "required",
        true,
        "description",
        "Names the call in logs and in the services behind; of more than 128 bytes the rest is cut off.",
        "schema",
        Node.of("type", "string", "minLength", 1));
  }

  private static Node token() {
    return Node.of(
        "type",
        "apiKey",
        "in",
        "header",
        "name",
        "token",
        "description",
        "Of /auth/get_user_token, or of /auth/get_admin_token for an app administrator.");
  }

  private static Node envelope() {
    return Node.of(
        "type",
        "object",
        "required",
        List.of("errCode", "errMsg", "errDlt"),
        "properties",
        Node.of(
            "errCode",
            Node.of("type", "integer", "format", "int32", "description", "0 for success."),
            "errMsg",
            Node.of("type", "string", "description", "The fixed name of the code."),
            "errDlt",
            Node.of("type", "string", "description", "What it was about.")));
  }

  private static Node responses() {
    Node limited = response("Too many requests; the envelope has errCode 429.", envelopeAlone());
    Node headers = new Node();
    for (String name : List.of("Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining")) {
      headers.put(name, Node.of("schema", Node.of("type", "integer")));
    }
    headers.put("X-RateLimit-Policy", Node.of("schema", Node.of("type", "string")));
    limited.put("headers", headers);
    return Node.of(LIMITED, limited, "Refused", response("Refused.", envelopeAlone()));
  }

  private static Node envelopeAlone() {
    return Node.reference("schemas", ENVELOPE);
  }

  private static Node response(String description, Node schema) {
    return Node.of("description", description, "content", json(schema));
  }

  private static Node json(Node schema) {
    return Node.of("application/json", Node.of("schema", schema));
  }

  /** A path of which one part is free names that part. */
  private static String path(DeclaredRoute declared) {
    String path = declared.route().getPath();
    int wildcard = path.indexOf(WILDCARD);
    return wildcard < 0
        ? path
        : path.substring(0, wildcard) + "/{" + path.substring(wildcard + WILDCARD.length()) + "}";
  }

  private Node operation(DeclaredRoute declared) {
    String path = declared.route().getPath();
    String tag = path.substring(1).replaceFirst("/.*", "");
    tags.add(tag);
    Node operation =
        Node.of(
            "tags",
            List.of(tag),
            "operationId",
            path.substring(1).replace(WILDCARD, "/").replace('/', '_'),
            "summary",
            path.substring(path.lastIndexOf('/') + 1).replace("*", "").replace('_', ' '));
    describe(operation, declared);
    if (declared.route().getOpen()) {
      operation.put("security", List.of());
    }
    List<Node> parameters = parameters(declared);
    if (!parameters.isEmpty()) {
      operation.put("parameters", parameters);
    }
    if (declared.verb().equals("POST")) {
      operation.put("requestBody", Node.of("required", true, "content", json(request(declared))));
      operation.put(
          "responses",
          Node.of(
              "200",
              response("Success, or a refusal with its code.", answer(declared)),
              "429",
              Node.reference("responses", LIMITED),
              "default",
              Node.reference("responses", "Refused")));
    } else {
      operation.put(
          "responses", Node.of("default", Node.of("description", "No envelope of errCode.")));
    }
    return operation;
  }

  private static void describe(Node operation, DeclaredRoute declared) {
    @Nullable MethodDescriptor method = declared.method();
    if (method != null) {
      operation.describe(Rights.describe(Declarations.access(method)));
      operation.describe("Answered by `" + Declarations.name(method) + "`.");
    } else if (declared.route().hasAccess()) {
      Access access = declared.route().getAccess();
      operation.describe(Rights.describe(access));
      operation.describe("Answered by the gateway.");
    }
  }

  private static List<Node> parameters(DeclaredRoute declared) {
    List<Node> parameters = new ArrayList<>();
    if (declared.verb().equals("POST")) {
      parameters.add(Node.reference("parameters", "operationID"));
    }
    String path = path(declared);
    int free = path.indexOf('{');
    if (free >= 0) {
      parameters.add(
          Node.of(
              "name",
              path.substring(free + 1, path.indexOf('}')),
              "in",
              "path",
              "required",
              true,
              "schema",
              Node.of("type", "string")));
    }
    return parameters;
  }

  private Node request(DeclaredRoute declared) {
    @Nullable MethodDescriptor method = declared.method();
    if (method == null) {
      String name = declared.route().getRequest();
      return name.isEmpty()
          ? Node.of("type", "object")
          : fields.request(Declarations.message(name));
    }
    Node request = fields.request(method.getInputType());
    Node demands = CheckSchemas.demands(method);
    return demands.isEmpty() ? request : Node.of("allOf", List.of(request, demands));
  }

  private Node answer(DeclaredRoute declared) {
    @Nullable Node data = data(declared);
    return data == null
        ? envelopeAlone()
        : Node.of("allOf", List.of(envelopeAlone(), Node.of("properties", Node.of("data", data))));
  }

  /** What data is like; null where the envelope has none. */
  private @Nullable Node data(DeclaredRoute declared) {
    @Nullable MethodDescriptor method = declared.method();
    if (method != null) {
      Descriptor answer = method.getOutputType();
      return answer.getFields().isEmpty() ? null : fields.answer(answer);
    }
    String name = declared.route().getAnswer();
    if (name.isEmpty()) {
      return null;
    }
    Node answer = fields.answer(Declarations.message(name));
    return declared.route().getAnswers()
        ? Node.of("type", List.of("array", "null"), "items", answer)
        : answer;
  }
}
