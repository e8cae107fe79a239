package im.hongyan.gatewayhttp.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.options.Check;
import im.hongyan.proto.options.OptionsProto;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schemas of messages as they look in JSON (protobuf/README.md, "JSON written" and "JSON read"). A
 * message has two: as a part of a request and as a part of an answer. Collects those that are asked
 * for; for use by one thread.
 */
final class FieldSchemas {
  private static final String SCHEMAS = "schemas";
  private static final String WRAPPERS = "openim.protobuf.";
  private static final String ANY_JSON = "google.protobuf.";

  /** Which way a message goes. */
  enum Side {
    REQUEST,
    ANSWER
  }

  private final Map<String, Node> byName = new LinkedHashMap<>();
  private final Set<Descriptor> requests = new HashSet<>();

  /** All that were asked for, and what they hold, by name. */
  Map<String, Node> schemas() {
    return byName;
  }

  /** The schema of what a route takes, with the checks of its fields. */
  Node request(Descriptor type) {
    requests.add(type);
    return reference(type, Side.REQUEST);
  }

  /** The schema of what a route answers. */
  Node answer(Descriptor type) {
    return message(type, Side.ANSWER, false);
  }

  private Node reference(Descriptor type, Side side) {
    String name = name(type, side);
    if (!byName.containsKey(name)) {
      Node schema = Node.of("type", "object");
      byName.put(name, schema);
      fill(schema, type, side);
    }
    return Node.reference(SCHEMAS, name);
  }

  /** A message that is taken and answered has two schemas, and so two names. */
  private static String name(Descriptor type, Side side) {
    String name = type.getFullName().replaceFirst("^(openim|hongyan)\\.", "");
    boolean namedForRequests = name.endsWith("Req");
    return switch (side) {
      case REQUEST -> namedForRequests ? name : name + "Input";
      case ANSWER -> namedForRequests ? name + "Output" : name;
    };
  }

  private void fill(Node schema, Descriptor type, Side side) {
    for (FieldDescriptor field : type.getFields()) {
      if (field.getRealContainingOneof() != null) {
        continue;
      }
      List<Check> checks =
          side == Side.REQUEST && requests.contains(type) ? checks(field) : List.of();
      boolean required = checks.stream().anyMatch(check -> CheckSchemas.needs(field, check));
      boolean present = side == Side.ANSWER ? !isNullable(field) : required;
      Node property = schema(field, side, !present);
      schema.at("properties").put(field.getName(), property);
      if (required || (side == Side.ANSWER && !field.isMapField())) {
        schema.require(field.getName());
      }
      checks.forEach(check -> CheckSchemas.apply(field, check, property, !present));
    }
    if (side == Side.ANSWER) {
      type.getRealOneofs().forEach(oneof -> addOneof(schema, oneof.getName(), oneof.getFields()));
    }
  }

  /** One member named after the oneof, which holds one named after the case; never read. */
  private void addOneof(Node schema, String name, List<FieldDescriptor> cases) {
    String member = capitalised(name);
    Node property = Node.of("type", List.of("object", "null"));
    for (FieldDescriptor one : cases) {
      property.at("properties").put(capitalised(one.getName()), element(one, Side.ANSWER, false));
    }
    schema.at("properties").put(member, property);
    schema.require(member);
  }

  private static String capitalised(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  /** The checks of a field of a request; within other messages {@code max_items} alone is made. */
  private static List<Check> checks(FieldDescriptor field) {
    return field.getOptions().getExtension(OptionsProto.check);
  }

  /** Whether an answer may have null in a field. */
  private static boolean isNullable(FieldDescriptor field) {
    return !field.isMapField()
        && (field.isRepeated()
            || field.hasPresence()
            || field.getType() == FieldDescriptor.Type.BYTES);
  }

  private Node schema(FieldDescriptor field, Side side, boolean nullable) {
    if (!field.isRepeated()) {
      boolean absent = field.hasPresence() || side == Side.ANSWER;
      return element(field, side, nullable && absent);
    }
    Node schema;
    if (field.isMapField()) {
      schema = Node.of("type", type("object", nullable && side == Side.REQUEST));
      FieldDescriptor value = field.getMessageType().findFieldByName("value");
      schema.put("additionalProperties", element(value, side, false));
    } else {
      schema = Node.of("type", type("array", nullable));
      schema.put("items", element(field, side, false));
    }
    Check most = side == Side.REQUEST ? Declarations.maxItems(field) : null;
    if (most != null) {
      schema.put(field.isMapField() ? "maxProperties" : "maxItems", most.getMaxItems());
    }
    return schema;
  }

  private static Object type(String name, boolean nullable) {
    return nullable ? List.of(name, "null") : name;
  }

  /** The schema of a single value. */
  private Node element(FieldDescriptor field, Side side, boolean nullable) {
    return switch (field.getType()) {
      case STRING -> Node.of("type", type("string", nullable));
      case BYTES -> Node.of("type", type("string", nullable), "contentEncoding", "base64");
      case BOOL -> Node.of("type", type("boolean", nullable));
      case INT32, SINT32, SFIXED32, ENUM -> integer("int32", nullable);
      case INT64, SINT64, SFIXED64 -> integer("int64", nullable);
      case UINT32, FIXED32 -> unsigned(nullable, 0xffff_ffffL);
      case UINT64, FIXED64 -> unsigned(nullable, null);
      case DOUBLE -> Node.of("type", type("number", nullable), "format", "double");
      case FLOAT -> Node.of("type", type("number", nullable), "format", "float");
      case MESSAGE, GROUP -> message(field.getMessageType(), side, nullable);
    };
  }

  private static Node integer(String format, boolean nullable) {
    return Node.of("type", type("integer", nullable), "format", format);
  }

  private static Node unsigned(boolean nullable, @Nullable Long most) {
    Node schema = Node.of("type", type("integer", nullable), "minimum", 0);
    if (most != null) {
      schema.put("maximum", most);
    }
    return schema;
  }

  private Node message(Descriptor type, Side side, boolean nullable) {
    if (isWrapper(type)) {
      return wrapped(type, side, nullable);
    }
    if (type.getFullName().startsWith(ANY_JSON)) {
      return switch (type.getName()) {
        case "Struct" -> Node.of("type", type("object", nullable));
        case "ListValue" -> Node.of("type", type("array", nullable));
        case "Value" -> new Node();
        default -> throw new IllegalArgumentException(type.getFullName() + " has no JSON here");
      };
    }
    Node schema = reference(type, side);
    return nullable ? Node.of("anyOf", List.of(schema, Node.of("type", "null"))) : schema;
  }

  /** Whether it is written as the bare value that it holds. */
  static boolean isWrapper(Descriptor type) {
    return type.getFullName().startsWith(WRAPPERS) && type.getName().endsWith("Value");
  }

  private Node wrapped(Descriptor type, Side side, boolean nullable) {
    FieldDescriptor value = type.findFieldByNumber(1);
    if (side == Side.REQUEST && value.getType() == FieldDescriptor.Type.BOOL) {
      return Node.of(
          "anyOf",
          List.of(Node.of("type", type("boolean", nullable)), Node.of("enum", List.of(0, 1))));
    }
    return element(value, side, nullable);
  }
}
