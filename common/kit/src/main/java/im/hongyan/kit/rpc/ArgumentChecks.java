package im.hongyan.kit.rpc;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.Declarations.DeclaredCheck;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Argument checks of one method in the order in which they are made, compiled once from the
 * .proto's options. Immutable and safe for use by several threads.
 */
final class ArgumentChecks {
  static final ArgumentChecks NONE = new ArgumentChecks(Stream.of());

  private final List<ArgumentCheck> checks;

  private ArgumentChecks(Stream<ArgumentCheck> checks) {
    this.checks = checks.toList();
  }

  /**
   * Compiles the checks of a method.
   *
   * @throws IllegalStateException when a check names a field that is not there, says nothing, or
   *     says what its field's type cannot be asked
   */
  static ArgumentChecks of(MethodDescriptor method) {
    List<DeclaredCheck> declared;
    try {
      declared = Declarations.checks(method);
    } catch (IllegalArgumentException unknown) {
      throw new IllegalStateException(Declarations.name(method) + ": " + unknown.getMessage());
    }
    return new ArgumentChecks(declared.stream().flatMap(ArgumentCheck::compile));
  }

  /** Those that are made before the rights. */
  ArgumentChecks beforeAccess() {
    return new ArgumentChecks(checks.stream().filter(check -> !check.isAfterAccess()));
  }

  /** Those that are made after the rights. */
  ArgumentChecks afterAccess() {
    return new ArgumentChecks(checks.stream().filter(ArgumentCheck::isAfterAccess));
  }

  /**
   * Makes the checks; the first violated one decides.
   *
   * @throws ImException with the code and text of that check
   */
  void check(Message request) {
    for (int i = 0; i < checks.size(); i++) {
      checks.get(i).check(request);
    }
  }
}
