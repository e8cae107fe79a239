package im.hongyan.kit.rpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.options.Check;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.stream.Stream;

/**
 * One condition on one field of a request, and the refusal where it is violated. Immutable and safe
 * for use by several threads.
 */
final class ArgumentCheck {
  private final FieldDescriptor[] way;
  private final FieldDescriptor field;
  private final Check declared;
  private final FieldCondition condition;
  private final ImError error;
  private final String text;

  private ArgumentCheck(
      List<FieldDescriptor> steps, Check declared, boolean intoAbsent, FieldCondition condition) {
    way = steps.subList(0, steps.size() - 1).toArray(FieldDescriptor[]::new);
    field = steps.getLast();
    this.declared = declared;
    this.intoAbsent = intoAbsent;
    this.condition = condition;
    error = error(field, declared);
    text = declared.getText().isEmpty() ? condition.text() : declared.getText();
  }

  private final boolean intoAbsent;

  /**
   * Compiles each condition of a check.
   *
   * @param steps fields from the request to the one that is checked
   * @param intoAbsent whether the check is made where a message on the way is not set, on the
   *     defaults then
   * @throws IllegalStateException when the check says nothing or what its field cannot be asked
   */
  static Stream<ArgumentCheck> compile(
      List<FieldDescriptor> steps, Check declared, boolean intoAbsent) {
    FieldDescriptor field = steps.getLast();
    if (declared.getIfPresent() && !field.hasPresence()) {
      throw new IllegalStateException(
          "check of " + field.getFullName() + " is for a field that may be absent; this may not");
    }
    return FieldCondition.of(field, declared).stream()
        .map(condition -> new ArgumentCheck(steps, declared, intoAbsent, condition));
  }

  private static ImError error(FieldDescriptor field, Check declared) {
    int code = declared.getCode() == 0 ? ImError.ARGS.code() : declared.getCode();
    return ImError.of(code)
        .orElseThrow(() ->
            new IllegalStateException(
                "check of " + field.getFullName() + " has the unknown code " + code));
  }

  boolean isAfterAccess() {
    return declared.getAfterAccess();
  }

  /**
   * Makes the check.
   *
   * @throws ImException when the condition is violated
   */
  void check(Message request) {
    check(request, 0);
  }

  private void check(Message at, int depth) {
    if (depth == way.length) {
      checkField(at);
      return;
    }
    FieldDescriptor step = way[depth];
    if (step.isRepeated()) {
      for (int i = 0; i < at.getRepeatedFieldCount(step); i++) {
        check((Message) at.getRepeatedField(step, i), depth + 1);
      }
    } else if (intoAbsent || at.hasField(step)) {
      check((Message) at.getField(step), depth + 1);
    }
  }

  private void checkField(Message holder) {
    if (declared.getIfPresent() && !holder.hasField(field)) {
      return;
    }
    Object violating = condition.violating(holder);
    if (violating != null) {
      throw error.with(text.replace("{value}", FieldCondition.asText(violating)));
    }
  }
}
