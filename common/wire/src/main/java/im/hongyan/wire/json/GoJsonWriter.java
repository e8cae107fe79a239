package im.hongyan.wire.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import im.hongyan.wire.id.Utf8Order;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Writes protobuf messages as Go's standard encoder writes the generated structs
 * (protobuf/README.md, "JSON written"): declaration order, zero values, {@code null} for empty
 * lists, empty maps left out. Stateless and safe for use by several threads.
 */
public final class GoJsonWriter {
  private static final byte[] EMPTY_OBJECT = JsonBuffer.ascii("{}");

  private GoJsonWriter() {}

  /** A message as UTF-8 JSON. */
  public static byte[] toBytes(Message message) {
    JsonBuffer out = JsonBuffer.pooled();
    write(message, out);
    return out.finish();
  }

  /** A message as text, as notifications carry it inside their content. */
  public static String toText(Message message) {
    return new String(toBytes(message), StandardCharsets.UTF_8);
  }

  /** Appends a message to a buffer. */
  public static void write(Message message, JsonBuffer out) {
    MessagePlan plan = MessagePlan.of(message.getDescriptorForType());
    char separator = '{';
    for (MessagePlan.Oneof oneof : plan.oneofs()) {
      out.raw(separator).raw(oneof.key());
      separator = ',';
      writeOneof(message, oneof, out);
    }
    List<MessagePlan.Member> members = plan.members();
    // By index: this is the innermost loop of every answer.
    for (int i = 0; i < members.size(); i++) {
      MessagePlan.Member member = members.get(i);
      if (member.shape() == MessagePlan.Shape.MAP
          && message.getRepeatedFieldCount(member.field()) == 0) {
        continue;
      }
      out.raw(separator).raw(member.key());
      separator = ',';
      writeMember(message, member, out);
    }
    if (separator == '{') {
      out.raw(EMPTY_OBJECT);
    } else {
      out.raw('}');
    }
  }

  private static void writeMember(Message message, MessagePlan.Member member, JsonBuffer out) {
    FieldDescriptor field = member.field();
    switch (member.shape()) {
      case PLAIN -> writeValue(member.form(), message.getField(field), out);
      case NULLABLE -> {
        if (message.hasField(field)) {
          writeValue(member.form(), message.getField(field), out);
        } else {
          out.nothing();
        }
      }
      case LIST -> writeList(member.form(), (List<?>) message.getField(field), out);
      case MAP -> writeMap(member, (List<?>) message.getField(field), out);
    }
  }

  private static void writeOneof(Message message, MessagePlan.Oneof oneof, JsonBuffer out) {
    FieldDescriptor set = message.getOneofFieldDescriptor(oneof.descriptor());
    if (set == null) {
      out.nothing();
      return;
    }
    out.raw('{').raw(MessagePlan.key(MessagePlan.capitalised(set.getName())));
    writeValue(MessagePlan.form(set), message.getField(set), out);
    out.raw('}');
  }

  private static void writeList(MessagePlan.Form form, List<?> values, JsonBuffer out) {
    if (values.isEmpty()) {
      out.nothing();
      return;
    }
    char separator = '[';
    for (Object value : values) {
      out.raw(separator);
      separator = ',';
      writeValue(form, value, out);
    }
    out.raw(']');
  }

  /** Entries sorted by the bytes of their keys; all maps of the protocol have text keys. */
  private static void writeMap(MessagePlan.Member member, List<?> entries, JsonBuffer out) {
    FieldDescriptor keyField = MessagePlan.mapKey(member.field());
    FieldDescriptor valueField = MessagePlan.mapValue(member.field());
    Message[] sorted = entries.toArray(Message[]::new);
    if (sorted.length > 1) {
      Arrays.sort(
          sorted,
          Comparator.comparing(pair -> (String) pair.getField(keyField), Utf8Order.INSTANCE));
    }
    char separator = '{';
    for (Message pair : sorted) {
      out.raw(separator).string((String) pair.getField(keyField)).raw(':');
      separator = ',';
      writeValue(member.form(), pair.getField(valueField), out);
    }
    out.raw('}');
  }

  private static void writeValue(MessagePlan.Form form, Object value, JsonBuffer out) {
    switch (form) {
      case STRING -> out.string((String) value);
      case BYTES -> {
        // Go's nil: after a protobuf hop an empty field looks like an absent one.
        ByteString bytes = (ByteString) value;
        if (bytes.isEmpty()) {
          out.nothing();
        } else {
          out.base64(bytes.toByteArray());
        }
      }
      case BOOL -> out.bool((Boolean) value);
      case INT32 ->
          out.number(
              value instanceof EnumValueDescriptor constant
                  ? constant.getNumber()
                  : (Integer) value);
      case UINT32 -> out.number(Integer.toUnsignedLong((Integer) value));
      case INT64 -> out.number((Long) value);
      case UINT64 -> out.unsigned((Long) value);
      case DOUBLE -> writeReal(new BigDecimal(value.toString()), out);
      case FLOAT -> writeReal(new BigDecimal(value.toString()), out);
      case MESSAGE -> write((Message) value, out);
      case WRAPPER -> writeWrapper((Message) value, out);
    }
  }

  /** Without an exponent and without trailing zeros. */
  private static void writeReal(BigDecimal number, JsonBuffer out) {
    String text = number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    out.raw(JsonBuffer.ascii(text));
  }

  /** A wrapper is its bare value; bytes in a wrapper are a text even when empty. */
  private static void writeWrapper(Message wrapper, JsonBuffer out) {
    FieldDescriptor field = wrapper.getDescriptorForType().findFieldByNumber(1);
    Object value = wrapper.getField(field);
    if (value instanceof ByteString bytes) {
      out.base64(bytes.toByteArray());
    } else {
      writeValue(MessagePlan.form(field), value, out);
    }
  }
}
