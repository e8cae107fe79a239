package im.hongyan.kit.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import im.hongyan.proto.options.Check;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a field must be. Conditions on a value hold for each element of a list, and within messages
 * that only wrap one value.
 *
 * @param text default detail of the refusal
 * @param test finds the value that violates the condition in the message that has the field; null
 *     where there is none
 */
record FieldCondition(String text, Test test) {
  /** Looks at one field of a message. */
  @FunctionalInterface
  interface Test {
    @Nullable Object violating(Message holder);
  }

  /** The value that violates the condition; null where there is none. */
  @Nullable Object violating(Message holder) {
    return test.violating(holder);
  }

  /**
   * The conditions of a check, in the order of its fields.
   *
   * @throws IllegalStateException when there is none, or one does not fit the field's type
   */
  static List<FieldCondition> of(FieldDescriptor field, Check check) {
    List<FieldCondition> found = new ArrayList<>();
    String name = field.getName();
    if (check.getNotEmpty()) {
      found.add(new FieldCondition(name + " is empty", notEmpty(field)));
    }
    addSizes(field, check, found);
    addSets(field, check, name + " is invalid", found);
    if (found.isEmpty()) {
      throw new IllegalStateException("check of " + field.getFullName() + " says nothing");
    }
    return found;
  }

  private static void addSizes(FieldDescriptor field, Check check, List<FieldCondition> found) {
    String name = field.getName();
    if (check.getMaxBytes() > 0) {
      int most = check.getMaxBytes();
      found.add(
          new FieldCondition(
              name + " is longer than " + most + " bytes",
              each(
                  field,
                  Set.of(JavaType.STRING, JavaType.BYTE_STRING),
                  value -> !isLonger(value, most))));
    }
    if (check.getMaxCharacters() > 0) {
      int most = check.getMaxCharacters();
      found.add(
          new FieldCondition(
              name + " is longer than " + most + " characters",
              each(field, Set.of(JavaType.STRING), value -> !hasMore((String) value, most))));
    }
    if (check.getMaxItems() > 0) {
      int most = check.getMaxItems();
      found.add(
          new FieldCondition(
              name + " has more than " + most + " elements",
              whole(field, holder -> holder.getRepeatedFieldCount(field) <= most)));
    }
  }

  private static void addSets(
      FieldDescriptor field, Check check, String text, List<FieldCondition> found) {
    if (check.hasRange()) {
      long min = check.getRange().getMin();
      long max = check.getRange().getMax();
      found.add(new FieldCondition(text, numbers(field, n -> n >= min && n <= max)));
    }
    if (check.getOneOfCount() > 0) {
      found.add(
          new FieldCondition(text, numbers(field, Set.copyOf(check.getOneOfList())::contains)));
    }
    if (check.getOneOfTextCount() > 0) {
      Set<Object> allowed = Set.copyOf(check.getOneOfTextList());
      found.add(new FieldCondition(text, each(field, Set.of(JavaType.STRING), allowed::contains)));
    }
    if (check.getNoneOfCount() > 0) {
      Set<Long> refused = Set.copyOf(check.getNoneOfList());
      found.add(new FieldCondition(text, numbers(field, number -> !refused.contains(number))));
    }
    if (check.getDistinct()) {
      found.add(new FieldCondition(text, distinct(field)));
    }
  }

  private static Test notEmpty(FieldDescriptor field) {
    if (field.isRepeated()) {
      return whole(field, holder -> holder.getRepeatedFieldCount(field) > 0);
    }
    return switch (field.getJavaType()) {
      case MESSAGE -> holder -> holder.hasField(field) ? null : "";
      case STRING -> each(field, Set.of(JavaType.STRING), value -> !((String) value).isEmpty());
      case BYTE_STRING ->
          each(field, Set.of(JavaType.BYTE_STRING), value -> !((ByteString) value).isEmpty());
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, ENUM -> throw misfit(field);
    };
  }

  /** A condition on a list as a whole. */
  private static Test whole(FieldDescriptor field, Predicate<Message> allowed) {
    if (!field.isRepeated()) {
      throw misfit(field);
    }
    return holder -> allowed.test(holder) ? null : holder.getField(field);
  }

  private static Test distinct(FieldDescriptor field) {
    if (!field.isRepeated()) {
      throw misfit(field);
    }
    return holder -> {
      Set<Object> seen = new HashSet<>();
      for (Object element : (List<?>) holder.getField(field)) {
        if (!seen.add(element)) {
          return element;
        }
      }
      return null;
    };
  }

  private static Test numbers(FieldDescriptor field, Predicate<Long> allowed) {
    return each(
        field,
        Set.of(JavaType.INT, JavaType.LONG, JavaType.ENUM),
        value -> allowed.test(number(value)));
  }

  /** A condition on a value, or on each of several. */
  private static Test each(FieldDescriptor field, Set<JavaType> types, Predicate<Object> allowed) {
    FieldDescriptor wrapped = wrapped(field);
    if (!types.contains((wrapped == null ? field : wrapped).getJavaType())) {
      throw misfit(field);
    }
    Predicate<Object> test =
        wrapped == null ? allowed : value -> allowed.test(((Message) value).getField(wrapped));
    if (!field.isRepeated()) {
      return holder -> {
        Object value = holder.getField(field);
        return test.test(value) ? null : value;
      };
    }
    return holder -> {
      for (int i = 0; i < holder.getRepeatedFieldCount(field); i++) {
        Object value = holder.getRepeatedField(field, i);
        if (!test.test(value)) {
          return value;
        }
      }
      return null;
    };
  }

  /** The value within messages such as StringValue; null for all others. */
  private static @Nullable FieldDescriptor wrapped(FieldDescriptor field) {
    if (field.getJavaType() != JavaType.MESSAGE) {
      return null;
    }
    Descriptor type = field.getMessageType();
    FieldDescriptor value = type.findFieldByName("value");
    return type.getFields().size() == 1 && value != null && !value.isRepeated() ? value : null;
  }

  /** Counts only where the number of letters does not decide. */
  private static boolean isLonger(Object value, int mostBytes) {
    if (value instanceof ByteString bytes) {
      return bytes.size() > mostBytes;
    }
    String text = (String) value;
    int mostBytesPerChar = 3;
    if ((long) text.length() * mostBytesPerChar <= mostBytes) {
      return false;
    }
    return text.length() > mostBytes || text.getBytes(StandardCharsets.UTF_8).length > mostBytes;
  }

  private static boolean hasMore(String text, int mostCharacters) {
    return text.length() > mostCharacters && text.codePointCount(0, text.length()) > mostCharacters;
  }

  private static long number(Object value) {
    return value instanceof EnumValueDescriptor known
        ? known.getNumber()
        : ((Number) value).longValue();
  }

  /** A value as refusals show it. */
  static String asText(Object value) {
    return switch (value) {
      case EnumValueDescriptor known -> Integer.toString(known.getNumber());
      case ByteString bytes -> bytes.toStringUtf8();
      case Message message -> {
        List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
        yield fields.size() == 1 ? asText(message.getField(fields.getFirst())) : "";
      }
      default -> value.toString();
    };
  }

  private static IllegalStateException misfit(FieldDescriptor field) {
    return new IllegalStateException(
        "check of " + field.getFullName() + " says what its type cannot be asked");
  }
}
