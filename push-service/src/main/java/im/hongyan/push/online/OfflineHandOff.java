package im.hongyan.push.online;

import im.hongyan.proto.sequencing.InboundRecord;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Takes over what users who were not reached are notified of. Safe for use by several threads. */
@FunctionalInterface
public interface OfflineHandOff {
  /** Nobody is notified offline. */
  OfflineHandOff NONE = result -> CompletableFuture.completedFuture(null);

  /**
   * A message after its online push.
   *
   * @param targets everybody it is for, in lists
   * @param reached who has it on a phone, as far as gateways have reported in time
   */
  record DeliveryResult(
      int lane, InboundRecord message, List<List<String>> targets, Set<String> reached) {
    /** Copies nothing: the lists are shared and do not change. */
    public DeliveryResult {}
  }

  /**
   * Takes a message over; must not block. The future ends well once it is safe here, or when there
   * is nothing to send; after a failure the message is handed over again.
   */
  CompletableFuture<?> hand(DeliveryResult result);
}
