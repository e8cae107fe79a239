package im.hongyan.push.online;

import im.hongyan.proto.delivery.Push;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A slice of a push and the gateways that it was sent to, for as long as one of them has not
 * reported it. Safe for use by several threads.
 */
final class RoutedPush {
  private final Push head;
  private final Targets.Slice slice;
  private final DeliveryTracker tracker;
  private final Map<String, GatewayPush> sent = new HashMap<>();

  /** Recipients as sets, made for those gateways only where somebody was absent. */
  private final Map<String, Set<String>> recipients = new HashMap<>();

  private final Set<String> sentAgain = new HashSet<>();

  /**
   * What one gateway gets of the slice.
   *
   * @param users the slice's own list, or some of them
   * @param again a second look, outside the order
   */
  record GatewayPush(RoutedPush push, List<String> users, boolean again) {
    Push head() {
      return push.head;
    }

    /** Pushes of an ordering key are sent in their order; keys take turns. */
    String orderingKey() {
      return OrderingKey.of(push.head.getCopies(0).getConversationId());
    }

    boolean large() {
      return push.head.getSlices() > 1;
    }

    /** Whether the gateway keeps the list of users. */
    boolean kept() {
      return push.slice.kept();
    }

    DeliveryTracker tracker() {
      return push.tracker;
    }
  }

  /**
   * Begins to route a slice.
   *
   * @param head the push without recipients, with the slice's number
   */
  RoutedPush(Push head, Targets.Slice slice, DeliveryTracker tracker) {
    this.head = head;
    this.slice = slice;
    this.tracker = tracker;
  }

  /** The push as a second look sends it. */
  GatewayPush again(List<String> users) {
    return new GatewayPush(this, users, true);
  }

  /** Notes that a gateway gets the push for these recipients. */
  synchronized GatewayPush to(String nodeId, List<String> users) {
    GatewayPush part =
        new GatewayPush(this, users.size() == slice.users().size() ? slice.users() : users, false);
    sent.put(nodeId, part);
    return part;
  }

  /** Those of these gateways that were not sent the push for all of its recipients. */
  synchronized List<String> notSentWhole(Collection<String> nodeIds) {
    return nodeIds.stream().filter(nodeId -> !sentWhole(nodeId)).toList();
  }

  private boolean sentWhole(String nodeId) {
    GatewayPush part = sent.get(nodeId);
    return part != null && part.users().size() == slice.users().size();
  }

  /** Whether a user may be sent the push by this gateway as well; each user once. */
  synchronized boolean mayBeSentAgain(String nodeId, String userId) {
    GatewayPush before = sent.get(nodeId);
    boolean had =
        before != null
            && recipients
                .computeIfAbsent(nodeId, _ -> new HashSet<>(before.users()))
                .contains(userId);
    return !had && !sentAgain.contains(userId);
  }

  synchronized void sentAgain(Collection<String> userIds) {
    sentAgain.addAll(userIds);
  }

  DeliveryTracker tracker() {
    return tracker;
  }
}
