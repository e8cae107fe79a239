package im.hongyan.kit.rpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.options.Check;
import im.hongyan.proto.options.OptionsProto;
import im.hongyan.wire.authz.FieldPath;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The argument checks of one method in the order in which they are made, compiled once from the
 * options {@code check} of its request's fields and {@code also} of the method. Checks on fields of
 * messages within the request belong to it as well and are made where such a message is set, for
 * each element of a list. Immutable and safe for use by several threads.
 */
final class ArgumentChecks {
  static final ArgumentChecks NONE = new ArgumentChecks(List.of());

  private final List<ArgumentCheck> checks;

  private ArgumentChecks(List<ArgumentCheck> checks) {
    this.checks = List.copyOf(checks);
  }

  /**
   * Compiles the checks of a method.
   *
   * @throws IllegalStateException when a check names a field that is not there, says nothing, or
   *     says what its field's type cannot be asked
   */
  static ArgumentChecks of(MethodDescriptor method) {
    List<Declared> declared = new ArrayList<>();
    collect(method.getInputType(), List.of(), declared);
    for (Check check : method.getOptions().getExtension(OptionsProto.also)) {
      FieldPath path = FieldPath.resolve(method.getInputType(), check.getField());
      declared.add(new Declared(path.steps(), check, true));
    }
    return new ArgumentChecks(
        declared.stream().sorted(Declared.ORDER).flatMap(Declared::compile).toList());
  }

  /** Those of a message's fields, and of the messages below; a type within itself is left out. */
  private static void collect(
      Descriptor message, List<FieldDescriptor> way, List<Declared> declared) {
    for (FieldDescriptor field : message.getFields()) {
      List<FieldDescriptor> steps = Stream.concat(way.stream(), Stream.of(field)).toList();
      for (Check check : field.getOptions().getExtension(OptionsProto.check)) {
        if (!check.getField().isEmpty()) {
          throw new IllegalStateException(
              "check of " + field.getFullName() + " names a field; only those of 'also' may");
        }
        declared.add(new Declared(steps, check, false));
      }
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE
          && way.stream().noneMatch(step -> step.getContainingType() == field.getMessageType())
          && field.getMessageType() != message) {
        collect(field.getMessageType(), steps, declared);
      }
    }
  }

  /** A check as it is written, and where it applies. */
  private record Declared(List<FieldDescriptor> steps, Check check, boolean intoAbsent) {
    static final Comparator<Declared> ORDER =
        Comparator.<Declared>comparingInt(declared -> declared.check.getOrder())
            .thenComparing(Declared::compareFields);

    /** By the order of the fields in their messages, an outer field before the inner ones. */
    private static int compareFields(Declared one, Declared other) {
      int common = Math.min(one.steps.size(), other.steps.size());
      for (int i = 0; i < common; i++) {
        int order = Integer.compare(one.steps.get(i).getIndex(), other.steps.get(i).getIndex());
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(one.steps.size(), other.steps.size());
    }

    Stream<ArgumentCheck> compile() {
      return ArgumentCheck.compile(steps, check, intoAbsent);
    }
  }

  /** Those that are made before the rights. */
  ArgumentChecks beforeAccess() {
    return only(false);
  }

  /** Those that are made after the rights. */
  ArgumentChecks afterAccess() {
    return only(true);
  }

  private ArgumentChecks only(boolean after) {
    return new ArgumentChecks(
        checks.stream().filter(check -> check.isAfterAccess() == after).toList());
  }

  /**
   * Makes the checks, the first violated one decides.
   *
   * @throws ImException with the code and text of that check
   */
  void check(Message request) {
    for (int i = 0; i < checks.size(); i++) {
      checks.get(i).check(request);
    }
  }
}
