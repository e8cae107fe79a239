package im.hongyan.wire.authz;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * A dotted path such as {@code msgData.sendID} from a message to one of its fields, resolved once.
 * Messages on the way that are not set count as empty ones.
 *
 * @param steps the fields, the outermost first; never empty
 */
public record FieldPath(List<FieldDescriptor> steps) {
  /** Copies the list. */
  public FieldPath {
    steps = List.copyOf(steps);
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("a path needs a field");
    }
  }

  /**
   * Resolves a path.
   *
   * @throws IllegalStateException when the message has no such field
   */
  public static FieldPath resolve(Descriptor message, String path) {
    List<FieldDescriptor> steps = new ArrayList<>();
    Descriptor at = message;
    for (String name : path.split("\\.", -1)) {
      FieldDescriptor step = at == null ? null : at.findFieldByName(name);
      if (step == null) {
        throw new IllegalStateException(message.getFullName() + " has no field '" + path + "'");
      }
      steps.add(step);
      boolean leadsOn = step.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      at = leadsOn ? step.getMessageType() : null;
    }
    return new FieldPath(steps);
  }

  /**
   * Resolves a path to one text.
   *
   * @throws IllegalStateException when the message has no such field, or it is not one text
   */
  public static FieldPath toText(Descriptor message, String path) {
    FieldPath resolved = resolve(message, path);
    boolean isText = resolved.field().getJavaType() == FieldDescriptor.JavaType.STRING;
    if (!isText || resolved.steps.stream().anyMatch(FieldDescriptor::isRepeated)) {
      throw new IllegalStateException(message.getFullName() + " has no text field '" + path + "'");
    }
    return resolved;
  }

  /** The field that the path leads to. */
  public FieldDescriptor field() {
    return steps.getLast();
  }

  /** The text that a path of {@link #toText} leads to. */
  String text(Message message) {
    Message at = message;
    for (int i = 0; i < steps.size() - 1; i++) {
      at = (Message) at.getField(steps.get(i));
    }
    return (String) at.getField(steps.getLast());
  }
}
