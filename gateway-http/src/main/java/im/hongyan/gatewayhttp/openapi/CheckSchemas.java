package im.hongyan.gatewayhttp.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.MethodDescriptor;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.Declarations.DeclaredCheck;
import im.hongyan.proto.options.Check;
import im.hongyan.wire.error.ImError;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks of arguments (hongyan/options.proto) as constraints of a schema. What JSON Schema cannot
 * say stands in the description. Stateless.
 */
final class CheckSchemas {
  private CheckSchemas() {}

  /** Whether a request without the field is refused: what is absent is empty, or 0. */
  static boolean needs(FieldDescriptor field, Check check) {
    if (check.getIfPresent() || !check.getUnless().isEmpty()) {
      return false;
    }
    if (check.getNotEmpty()) {
      return true;
    }
    if (field.isRepeated()) {
      return false;
    }
    return (check.hasRange() && (check.getRange().getMin() > 0 || check.getRange().getMax() < 0))
        || (check.getOneOfCount() > 0 && !check.getOneOfList().contains(0L))
        || (check.getOneOfTextCount() > 0 && !check.getOneOfTextList().contains(""))
        || check.getNoneOfList().contains(0L);
  }

  /**
   * Adds a check to the schema of its field.
   *
   * @param nullable whether null is allowed, where the type has it
   */
  static void apply(FieldDescriptor field, Check check, Node schema, boolean nullable) {
    Node value = field.isRepeated() && !field.isMapField() ? schema.at("items") : schema;
    if (check.getNotEmpty() && check.getUnless().isEmpty()) {
      applyNotEmpty(field, schema);
    }
    applySizes(field, check, schema, value);
    applySets(check, schema, value, nullable && !field.isRepeated() && field.hasPresence());
    if (!check.getUnless().isEmpty()) {
      schema.describe("Needed where " + check.getUnless() + " is empty.");
    }
    if (check.getCode() != 0) {
      String name = ImError.of(check.getCode()).map(ImError::text).orElse("");
      schema.describe("Anything else is refused with " + check.getCode() + " " + name + ".");
    }
  }

  private static void applyNotEmpty(FieldDescriptor field, Node schema) {
    if (field.isMapField()) {
      schema.put("minProperties", 1);
    } else if (field.isRepeated()) {
      schema.put("minItems", 1);
    } else if (field.getJavaType() != JavaType.MESSAGE) {
      schema.put("minLength", 1);
    }
  }

  private static void applySizes(FieldDescriptor field, Check check, Node schema, Node value) {
    if (check.getMaxItems() > 0) {
      schema.put(field.isMapField() ? "maxProperties" : "maxItems", check.getMaxItems());
    }
    if (check.getMaxCharacters() > 0) {
      value.put("maxLength", check.getMaxCharacters());
    }
    if (check.getMaxBytes() > 0) {
      if (valueType(field) == JavaType.STRING) {
        value.putIfAbsent("maxLength", check.getMaxBytes());
      }
      value.describe("At most " + check.getMaxBytes() + " bytes.");
    }
  }

  private static JavaType valueType(FieldDescriptor field) {
    boolean wrapped =
        field.getJavaType() == JavaType.MESSAGE && FieldSchemas.isWrapper(field.getMessageType());
    return wrapped
        ? field.getMessageType().findFieldByNumber(1).getJavaType()
        : field.getJavaType();
  }

  private static void applySets(Check check, Node schema, Node value, boolean nullable) {
    if (check.hasRange()) {
      if (check.getRange().getMin() > Integer.MIN_VALUE) {
        value.put("minimum", check.getRange().getMin());
      }
      if (check.getRange().getMax() != Integer.MAX_VALUE
          && check.getRange().getMax() != Long.MAX_VALUE) {
        value.put("maximum", check.getRange().getMax());
      }
    }
    if (check.getOneOfCount() > 0) {
      value.put("enum", values(check.getOneOfList(), nullable));
    }
    if (check.getOneOfTextCount() > 0) {
      value.put("enum", values(check.getOneOfTextList(), nullable));
    }
    if (check.getNoneOfCount() > 0) {
      value.put("not", Node.of("enum", List.copyOf(check.getNoneOfList())));
    }
    if (check.getDistinct()) {
      schema.put("uniqueItems", true);
    }
  }

  private static List<@Nullable Object> values(List<?> allowed, boolean nullable) {
    List<@Nullable Object> values = new ArrayList<>(allowed);
    if (nullable) {
      values.add(null);
    }
    return values;
  }

  /**
   * What one RPC demands of messages that others take too, as a schema of its request; empty where
   * it demands nothing.
   */
  static Node demands(MethodDescriptor method) {
    Node root = new Node();
    for (DeclaredCheck declared : Declarations.checks(method)) {
      if (!declared.check().getField().isEmpty()) {
        demand(root, withoutWrapper(declared.path()), declared.check());
      }
    }
    return root;
  }

  /** A wrapper is its bare value. */
  private static List<FieldDescriptor> withoutWrapper(List<FieldDescriptor> path) {
    Descriptor holder = path.getLast().getContainingType();
    return path.size() > 1 && FieldSchemas.isWrapper(holder)
        ? path.subList(0, path.size() - 1)
        : path;
  }

  private static void demand(Node root, List<FieldDescriptor> path, Check check) {
    FieldDescriptor last = path.getLast();
    boolean needed = needs(last, check);
    List<Node> holders = new ArrayList<>();
    Node at = root;
    for (FieldDescriptor step : path) {
      holders.add(at);
      at = at.property(step.getName());
      if (step != last && step.isRepeated()) {
        at = at.at("items");
      }
    }
    // Where a list stands before it there need not be any element.
    for (int i = path.size() - 1; needed && i >= 0; i--) {
      FieldDescriptor step = path.get(i);
      if (i < path.size() - 1 && step.isRepeated()) {
        break;
      }
      holders.get(i).require(step.getName());
      Node schema = holders.get(i).property(step.getName());
      if (step.getJavaType() == JavaType.MESSAGE
          && !step.isRepeated()
          && !FieldSchemas.isWrapper(step.getMessageType())) {
        schema.put("type", "object");
      } else if (step.isRepeated() || step.hasPresence()) {
        schema.put("not", Node.of("type", "null"));
      }
    }
    apply(last, check, at, !needed);
  }
}
