package im.hongyan.wire.authz;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import im.hongyan.proto.Declarations;
import java.util.List;

/**
 * The way from a request to one text of it, or to a list of texts, resolved once. Messages on the
 * way that are not set count as empty ones.
 */
record FieldPath(List<FieldDescriptor> steps) {
  FieldPath {
    steps = List.copyOf(steps);
  }

  /**
   * Resolves a dotted path such as {@code msgData.sendID}.
   *
   * @throws IllegalStateException when the method's request has no such field, or it is no text
   */
  static FieldPath resolve(MethodDescriptor method, String dotted) {
    FieldPath path;
    try {
      path = new FieldPath(Declarations.path(method, dotted));
    } catch (IllegalArgumentException unknown) {
      throw new IllegalStateException(Declarations.name(method) + ": " + unknown.getMessage());
    }
    if (path.field().getJavaType() != FieldDescriptor.JavaType.STRING) {
      throw new IllegalStateException(Declarations.name(method) + ": " + dotted + " is no text");
    }
    return path;
  }

  private FieldDescriptor field() {
    return steps.getLast();
  }

  private Message holder(Message request) {
    Message at = request;
    for (int i = 0; i < steps.size() - 1; i++) {
      at = (Message) at.getField(steps.get(i));
    }
    return at;
  }

  /** How many texts the request has there: one, or those of the list. */
  int count(Message request) {
    return field().isRepeated() ? holder(request).getRepeatedFieldCount(field()) : 1;
  }

  /** The text of that index below {@link #count}. */
  String text(Message request, int index) {
    Message holder = holder(request);
    return (String)
        (field().isRepeated() ? holder.getRepeatedField(field(), index) : holder.getField(field()));
  }
}
