package im.hongyan.gatewayws.delivery;

import im.hongyan.proto.delivery.Push;
import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recipients that a stream has sent once and names from then on. A stream has {@link #SLOTS};
 * push-service says which holds what. Single-threaded.
 */
final class RecipientSets {
  /** Sets of a stream. */
  static final int SLOTS = 512;

  /** Recipients of a set. */
  static final int MOST = 1_000;

  private final @Nullable List<String>[] places = newPlaces();

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static @Nullable List<String>[] newPlaces() {
    return new List[SLOTS];
  }

  /**
   * The push's recipients; notes those that it brings.
   *
   * @throws io.grpc.StatusRuntimeException for a place that there is not, or that holds nothing:
   *     the stream must begin anew
   */
  List<String> of(Push push) {
    int place = push.getRecipientSet() - 1;
    if (push.getRecipientSet() == 0) {
      return push.getRecipientsList();
    }
    if (place < 0 || place >= SLOTS || push.getRecipientsCount() > MOST) {
      throw Status.INVALID_ARGUMENT
          .withDescription("no such recipient set: " + push.getRecipientSet())
          .asRuntimeException();
    }
    if (push.getRecipientsCount() > 0) {
      places[place] = List.copyOf(push.getRecipientsList());
    }
    List<String> recipients = places[place];
    if (recipients == null) {
      throw Status.FAILED_PRECONDITION
          .withDescription("recipient set " + push.getRecipientSet() + " was never told")
          .asRuntimeException();
    }
    return recipients;
  }
}
