package im.hongyan.wire.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import im.hongyan.wire.bounds.ElementCount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads protobuf messages from JSON as Go's standard decoder fills the generated structs
 * (protobuf/README.md, "JSON read"): keys in any letter case, unknown ones ignored, the last of
 * several wins, {@code null} leaves a field unset. Stateless and safe for use by several threads.
 */
public final class GoJsonReader {
  private GoJsonReader() {}

  /**
   * Reads a message.
   *
   * @param json UTF-8; bad bytes count as U+FFFD
   * @param prototype any message of the wanted type
   * @throws GoJsonException for whatever Go's decoder refuses
   */
  public static <M extends Message> M read(byte[] json, M prototype) throws GoJsonException {
    return read(json, prototype, ElementCount.unbounded());
  }

  /**
   * Reads a request, whose lists and maps are counted before their elements are made.
   *
   * @param json UTF-8; bad bytes count as U+FFFD
   * @param prototype any message of the wanted type
   * @throws GoJsonException for whatever Go's decoder refuses
   * @throws im.hongyan.wire.error.ImException when a list, or all of them, have too many elements
   */
  public static <M extends Message> M readRequest(byte[] json, M prototype) throws GoJsonException {
    return read(json, prototype, ElementCount.ofRequest());
  }

  /**
   * As {@link #readRequest}, for the few routes that look at the first JSON value of a body alone.
   *
   * @throws GoJsonException for whatever Go's decoder refuses
   * @throws im.hongyan.wire.error.ImException when a list, or all of them, have too many elements
   */
  public static <M extends Message> M readFirst(byte[] json, M prototype) throws GoJsonException {
    return GoJson.parseFirst(
        json, parser -> readMessage(parser, prototype, ElementCount.ofRequest()));
  }

  private static <M extends Message> M read(byte[] json, M prototype, ElementCount elements)
      throws GoJsonException {
    return GoJson.parse(json, parser -> readMessage(parser, prototype, elements));
  }

  @SuppressWarnings("unchecked") // a builder builds messages of its own type
  private static <M extends Message> M readMessage(
      JsonParser parser, M prototype, ElementCount elements) throws GoJsonException {
    Message.Builder builder = prototype.newBuilderForType();
    if (parser.currentToken() != JsonToken.VALUE_NULL) {
      readObject(parser, builder, elements);
    }
    return (M) builder.build();
  }

  /** Reads the object at the parser's position into a builder. */
  static void readObject(JsonParser parser, Message.Builder builder, ElementCount elements)
      throws GoJsonException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw GoJson.wrongType(parser, builder.getDescriptorForType().getFullName());
    }
    MessagePlan plan = MessagePlan.of(builder.getDescriptorForType());
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      MessagePlan.Member member = plan.find(name);
      if (member != null) {
        readMember(parser, builder, member, elements);
      } else if (plan.namesOneof(name) && parser.currentToken() != JsonToken.VALUE_NULL) {
        throw GoJson.wrongType(parser, "interface");
      } else {
        parser.skipChildren();
      }
    }
  }

  private static void readMember(
      JsonParser parser, Message.Builder builder, MessagePlan.Member member, ElementCount elements)
      throws GoJsonException {
    FieldDescriptor field = member.field();
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      boolean pointer =
          member.shape() != MessagePlan.Shape.PLAIN || member.form() == MessagePlan.Form.BYTES;
      if (pointer) {
        builder.clearField(field);
      }
      return;
    }
    switch (member.shape()) {
      case PLAIN ->
          builder.setField(field, readValue(parser, member.form(), builder, field, elements));
      case NULLABLE -> {
        if (member.form() == MessagePlan.Form.MESSAGE) {
          // A second object for the same key goes into the first one.
          readObject(parser, builder.getFieldBuilder(field), elements);
        } else {
          builder.setField(field, readValue(parser, member.form(), builder, field, elements));
        }
      }
      case LIST -> builder.setField(field, readList(parser, member, builder, elements));
      case MAP -> readMap(parser, member, builder, elements);
    }
  }

  private static List<Object> readList(
      JsonParser parser, MessagePlan.Member member, Message.Builder builder, ElementCount elements)
      throws GoJsonException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw GoJson.wrongType(parser, "list");
    }
    List<Object> values = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(member.bound(), values.size(), 1);
      values.add(readValue(parser, member.form(), builder, member.field(), elements));
    }
    return values;
  }

  /** A second object for the same key adds to the first one. */
  private static void readMap(
      JsonParser parser, MessagePlan.Member member, Message.Builder builder, ElementCount elements)
      throws GoJsonException {
    FieldDescriptor field = member.field();
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw GoJson.wrongType(parser, "map");
    }
    FieldDescriptor keyField = field.getMessageType().findFieldByName("key");
    FieldDescriptor valueField = field.getMessageType().findFieldByName("value");
    Map<Object, Object> entries = new LinkedHashMap<>();
    for (Object entry : (List<?>) builder.getField(field)) {
      entries.put(((Message) entry).getField(keyField), entry);
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      elements.add(member.bound(), entries.size(), 1);
      String key = GoJson.repaired(parser.currentName());
      parser.nextToken();
      Message.Builder entry = builder.newBuilderForField(field);
      entry.setField(keyField, key);
      entry.setField(valueField, readValue(parser, member.form(), entry, valueField, elements));
      entries.put(key, entry.build());
    }
    builder.setField(field, new ArrayList<>(entries.values()));
  }

  /** A value; inside lists and maps {@code null} is the zero value. */
  private static Object readValue(
      JsonParser parser,
      MessagePlan.Form form,
      Message.Builder builder,
      FieldDescriptor field,
      ElementCount elements)
      throws GoJsonException {
    boolean isNull = parser.currentToken() == JsonToken.VALUE_NULL;
    return switch (form) {
      case STRING -> isNull ? "" : GoJson.string(parser);
      case BYTES -> isNull ? ByteString.EMPTY : GoJson.bytes(parser);
      case BOOL -> !isNull && readBool(parser);
      case INT32 -> {
        int number =
            isNull ? 0 : (int) GoJson.integer(parser, Integer.MIN_VALUE, Integer.MAX_VALUE);
        yield field.getType() == FieldDescriptor.Type.ENUM
            ? field.getEnumType().findValueByNumberCreatingIfUnknown(number)
            : number;
      }
      case UINT32 -> isNull ? 0 : (int) GoJson.integer(parser, 0, 0xffff_ffffL);
      case INT64 -> isNull ? 0L : GoJson.integer(parser, Long.MIN_VALUE, Long.MAX_VALUE);
      case UINT64 -> isNull ? 0L : GoJson.unsigned(parser);
      case DOUBLE -> isNull ? 0.0 : readReal(parser);
      case FLOAT -> isNull ? 0.0f : (float) readReal(parser);
      case MESSAGE -> {
        Message.Builder element = builder.newBuilderForField(field);
        if (!isNull) {
          readObject(parser, element, elements);
        }
        yield element.build();
      }
      case WRAPPER -> {
        Message.Builder wrapper = builder.newBuilderForField(field);
        if (!isNull) {
          readWrapper(parser, wrapper, elements);
        }
        yield wrapper.build();
      }
    };
  }

  private static void readWrapper(JsonParser parser, Message.Builder wrapper, ElementCount elements)
      throws GoJsonException {
    FieldDescriptor field = wrapper.getDescriptorForType().findFieldByNumber(1);
    boolean oneOrZero =
        field.getType() == FieldDescriptor.Type.BOOL
            && parser.currentToken() == JsonToken.VALUE_NUMBER_INT;
    wrapper.setField(
        field,
        oneOrZero
            ? (Object) (GoJson.integer(parser, 0, 1) == 1)
            : readValue(parser, MessagePlan.form(field), wrapper, field, elements));
  }

  private static boolean readBool(JsonParser parser) throws GoJsonException {
    return switch (parser.currentToken()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case null, default -> throw GoJson.wrongType(parser, "bool");
    };
  }

  private static double readReal(JsonParser parser) throws GoJsonException {
    JsonToken token = parser.currentToken();
    if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
      throw GoJson.wrongType(parser, "float");
    }
    double value = Double.parseDouble(parser.getString());
    if (Double.isInfinite(value)) {
      throw new GoJsonException("json: number out of range");
    }
    return value;
  }
}
