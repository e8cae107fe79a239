package im.hongyan.push.online;

import im.hongyan.proto.delivery.Push;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A push and the gateways that it was sent to, for as long as one of them has not reported it. Safe
 * for use by several threads.
 */
final class Routed {
  private final Push push;
  private final Map<String, Push> sent = new HashMap<>();

  /** Recipients as sets, made for those gateways only where somebody was absent. */
  private final Map<String, Set<String>> recipients = new HashMap<>();

  private final Set<String> sentAgain = new HashSet<>();

  Routed(Push push) {
    this.push = push;
  }

  /** The push as a second look sends it. */
  Push again(List<String> users) {
    return push.toBuilder().setAgain(true).clearRecipients().addAllRecipients(users).build();
  }

  /** Notes that a gateway gets the push, and returns it with these recipients only. */
  synchronized Push to(String nodeId, List<String> users) {
    Push part =
        users.size() == push.getRecipientsCount()
            ? push
            : push.toBuilder().clearRecipients().addAllRecipients(users).build();
    sent.put(nodeId, part);
    return part;
  }

  /** Those of these gateways that were not sent the push for all of its recipients. */
  synchronized List<String> notSentWhole(Collection<String> nodeIds) {
    return nodeIds.stream().filter(nodeId -> !sentWhole(nodeId)).toList();
  }

  private boolean sentWhole(String nodeId) {
    Push part = sent.get(nodeId);
    return part != null && part.getRecipientsCount() == push.getRecipientsCount();
  }

  /** Whether a user may be sent the push by this gateway as well; each user once. */
  synchronized boolean mayBeSentAgain(String nodeId, String userId) {
    Push before = sent.get(nodeId);
    boolean had =
        before != null
            && recipients
                .computeIfAbsent(nodeId, _ -> new HashSet<>(before.getRecipientsList()))
                .contains(userId);
    return !had && !sentAgain.contains(userId);
  }

  synchronized void sentAgain(Collection<String> userIds) {
    sentAgain.addAll(userIds);
  }
}
