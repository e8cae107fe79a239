package im.hongyan.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.Declarations.DeclaredCheck;
import im.hongyan.proto.options.Access;
import im.hongyan.proto.options.Check;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Requests that pass every argument check of their RPC, made from the checks themselves. */
final class ValidRequests {
  private ValidRequests() {}

  /**
   * The requests of an RPC about a group: one, or one for each field that may name the caller.
   *
   * @param method what is called
   * @param access which of its fields name the caller, the group or the conversation
   */
  static List<DynamicMessage> of(MethodDescriptor method, Access access, String group) {
    if (access.getSelfCount() == 0) {
      String subject = access.getGroup() + access.getParticipant();
      return List.of(request(method, subject, group));
    }
    return access.getSelfList().stream()
        .map(field -> request(method, field, Player.SELF.userId()))
        .toList();
  }

  private static DynamicMessage request(MethodDescriptor method, String subject, String value) {
    DynamicMessage.Builder request = DynamicMessage.newBuilder(method.getInputType());
    Map<List<FieldDescriptor>, List<Check>> checks = new LinkedHashMap<>();
    for (DeclaredCheck declared : Declarations.checks(method)) {
      checks.computeIfAbsent(declared.path(), path -> new ArrayList<>()).add(declared.check());
    }
    checks.forEach((path, conditions) -> {
      Object filled = fill(path.getLast(), conditions);
      if (filled != null) {
        set(request, path, filled);
      }
    });
    if (!subject.isEmpty()) {
      set(request, Declarations.path(method, subject), value);
    }
    return request.build();
  }

  private static void set(Message.Builder at, List<FieldDescriptor> path, Object value) {
    FieldDescriptor field = path.getFirst();
    if (path.size() > 1) {
      Message.Builder inner = ((Message) at.getField(field)).toBuilder();
      set(inner, path.subList(1, path.size()), value);
      at.setField(field, inner.build());
    } else if (field.isRepeated()) {
      at.clearField(field).addRepeatedField(field, value);
    } else {
      at.setField(field, value);
    }
  }

  /** A value, or an element of a list; null where the field may be left alone. */
  private static @Nullable Object fill(FieldDescriptor field, List<Check> checks) {
    boolean needed = checks.stream().anyMatch(Check::getNotEmpty);
    return switch (field.getJavaType()) {
      case STRING ->
          checks.stream()
              .flatMap(check -> check.getOneOfTextList().stream())
              .findFirst()
              .orElse(needed ? "x" : null);
      case BYTE_STRING -> needed ? ByteString.copyFromUtf8("x") : null;
      case INT -> (int) number(checks);
      case LONG -> number(checks);
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown((int) number(checks));
      case MESSAGE -> needed ? message(field.getMessageType(), checks) : null;
      case FLOAT, DOUBLE, BOOLEAN -> null;
    };
  }

  /** A message; what only wraps one value has a good one. */
  private static DynamicMessage message(Descriptor type, List<Check> checks) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    FieldDescriptor value = type.findFieldByName("value");
    if (type.getFields().size() == 1 && value != null && !value.isRepeated()) {
      Object filled = fill(value, checks);
      if (filled != null) {
        message.setField(value, filled);
      }
    }
    return message.build();
  }

  private static long number(List<Check> checks) {
    LongStream candidates =
        checks.stream()
            .flatMapToLong(check ->
                LongStream.concat(
                    LongStream.of(check.getRange().getMin(), check.getRange().getMax()),
                    check.getOneOfList().stream().mapToLong(Long::longValue)));
    return LongStream.concat(LongStream.of(1), candidates)
        .filter(number -> checks.stream().allMatch(check -> allows(check, number)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no number passes " + checks));
  }

  private static boolean allows(Check check, long number) {
    boolean inRange =
        !check.hasRange()
            || (number >= check.getRange().getMin() && number <= check.getRange().getMax());
    boolean listed = check.getOneOfCount() == 0 || check.getOneOfList().contains(number);
    return inRange && listed && !check.getNoneOfList().contains(number);
  }
}
