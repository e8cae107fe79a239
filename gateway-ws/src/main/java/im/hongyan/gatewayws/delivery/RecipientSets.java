package im.hongyan.gatewayws.delivery;

import im.hongyan.proto.delivery.Push;
import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recipients that a stream has sent once and refers to from then on. A stream has {@link
 * #SLOTS}; push-service says which holds what. Single-threaded.
 */
final class RecipientSets {
  /** Sets of a stream. */
  static final int SLOTS = 512;

  /** Recipients of a set. */
  static final int MOST = 1_000;

  private final @Nullable List<String>[] slots = newSlots();

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static @Nullable List<String>[] newSlots() {
    return new List[SLOTS];
  }

  /**
   * The push's recipients; stores those that it lists.
   *
   * @throws io.grpc.StatusRuntimeException for a slot that there is not, or that holds nothing: the
   *     stream must begin anew
   */
  List<String> of(Push push) {
    int slot = push.getRecipientSet() - 1;
    if (push.getRecipientSet() == 0) {
      return push.getRecipientsList();
    }
    if (slot < 0 || slot >= SLOTS || push.getRecipientsCount() > MOST) {
      throw Status.INVALID_ARGUMENT
          .withDescription("no such recipient set: " + push.getRecipientSet())
          .asRuntimeException();
    }
    if (push.getRecipientsCount() > 0) {
      slots[slot] = List.copyOf(push.getRecipientsList());
    }
    List<String> recipients = slots[slot];
    if (recipients == null) {
      throw Status.FAILED_PRECONDITION
          .withDescription("recipient set " + push.getRecipientSet() + " was never sent")
          .asRuntimeException();
    }
    return recipients;
  }
}
