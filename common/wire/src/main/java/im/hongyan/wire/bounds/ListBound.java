package im.hongyan.wire.bounds;

import com.google.protobuf.Descriptors.FieldDescriptor;
import im.hongyan.proto.Declarations;
import im.hongyan.proto.options.Check;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import org.jspecify.annotations.Nullable;

/**
 * How many elements a list or map may have: {@code max_items} of its field (hongyan/options.proto).
 *
 * @param maxItems more are refused
 * @param error with which they are
 * @param text the refusal's detail
 */
public record ListBound(int maxItems, ImError error, String text) {
  /** Of a field that says nothing: what all elements of the request together are bounded by. */
  private static final ListBound NONE =
      new ListBound(Integer.MAX_VALUE, ImError.ARGS, "too many elements");

  /** The bound of a field. */
  public static ListBound of(FieldDescriptor field) {
    @Nullable Check check = Declarations.maxItems(field);
    if (check == null) {
      return NONE;
    }
    String text =
        check.getText().isEmpty()
            ? field.getName() + " has more than " + check.getMaxItems() + " elements"
            : check.getText();
    int code = check.getCode() == 0 ? ImError.ARGS.code() : check.getCode();
    return new ListBound(check.getMaxItems(), ImError.of(code).orElse(ImError.ARGS), text);
  }

  /** What more elements are refused with. */
  ImException refusal() {
    return error.with(text);
  }
}
