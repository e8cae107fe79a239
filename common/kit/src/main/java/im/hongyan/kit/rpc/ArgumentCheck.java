package im.hongyan.kit.rpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import im.hongyan.proto.Declarations.DeclaredCheck;
import im.hongyan.proto.options.Check;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One condition on one field of a request, and the refusal where it is violated. Immutable and safe
 * for use by several threads.
 */
final class ArgumentCheck {
  private final List<FieldDescriptor> way;
  private final FieldDescriptor field;
  private final FieldCondition condition;
  private final ImError error;
  private final String text;
  private final boolean ifPresent;
  private final boolean afterAccess;
  private final @Nullable FieldDescriptor unless;

  private ArgumentCheck(DeclaredCheck declared, FieldCondition condition) {
    Check check = declared.check();
    way = declared.path().subList(0, declared.path().size() - 1);
    field = declared.field();
    this.condition = condition;
    error = error(field, check);
    text = check.getText().isEmpty() ? condition.text() : check.getText();
    ifPresent = check.getIfPresent();
    afterAccess = check.getAfterAccess();
    unless = unless(field, check);
  }

  /**
   * Compiles each condition of a check.
   *
   * @throws IllegalStateException when the check says nothing or what its field cannot be asked
   */
  static Stream<ArgumentCheck> compile(DeclaredCheck declared) {
    FieldDescriptor field = declared.field();
    if (declared.check().getIfPresent() && !field.hasPresence()) {
      throw new IllegalStateException(
          "check of " + field.getFullName() + " is for a field that may be absent; this may not");
    }
    return FieldCondition.of(field, declared.check()).stream()
        .map(condition -> new ArgumentCheck(declared, condition));
  }

  private static ImError error(FieldDescriptor field, Check check) {
    int code = check.getCode() == 0 ? ImError.ARGS.code() : check.getCode();
    return ImError.of(code)
        .orElseThrow(() ->
            new IllegalStateException(
                "check of " + field.getFullName() + " has the unknown code " + code));
  }

  private static @Nullable FieldDescriptor unless(FieldDescriptor field, Check check) {
    if (check.getUnless().isEmpty()) {
      return null;
    }
    FieldDescriptor other = field.getContainingType().findFieldByName(check.getUnless());
    if (other == null || other.isRepeated() || other.getJavaType() != JavaType.STRING) {
      throw new IllegalStateException(
          "check of " + field.getFullName() + " depends on what is no text beside it");
    }
    return other;
  }

  boolean isAfterAccess() {
    return afterAccess;
  }

  /**
   * Makes the check; what an absent message would hold is empty or 0. Through a list it is made for
   * each element.
   *
   * @throws ImException when the condition is violated
   */
  void check(Message request) {
    check(request, 0);
  }

  private void check(Message holder, int depth) {
    if (depth < way.size()) {
      FieldDescriptor step = way.get(depth);
      if (step.isRepeated()) {
        for (int i = 0; i < holder.getRepeatedFieldCount(step); i++) {
          check((Message) holder.getRepeatedField(step, i), depth + 1);
        }
      } else {
        check((Message) holder.getField(step), depth + 1);
      }
      return;
    }
    if (ifPresent && !holder.hasField(field)) {
      return;
    }
    if (unless != null && !((String) holder.getField(unless)).isEmpty()) {
      return;
    }
    Object violating = condition.violating(holder);
    if (violating != null) {
      throw error.with(text.replace("{value}", FieldCondition.asText(violating)));
    }
  }
}
