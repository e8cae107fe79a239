package im.hongyan.relation.outbox;

import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The outbox in memory; safe for use by several threads. */
final class FakeOutboxStore implements OutboxStore {
  private static final class Conversation {
    private final List<Waiting> waiting = new ArrayList<>();
    private long lastVersion;
    private long dueAtMillis;
    private int attempts;
    private long claim;
  }

  private final Map<String, Conversation> conversations = new LinkedHashMap<>();
  private final List<String> deadLetters = new ArrayList<>();

  synchronized void append(List<Notification> notifications) {
    for (Notification each : notifications) {
      long at = each.message().getCreateTime();
      Conversation conversation =
          conversations.computeIfAbsent(
              each.conversationId(),
              ignored -> {
                Conversation fresh = new Conversation();
                fresh.dueAtMillis = at;
                return fresh;
              });
      conversation.lastVersion++;
      conversation.waiting.add(
          new Waiting(each.conversationId(), conversation.lastVersion, "op", at, each.message()));
    }
  }

  synchronized List<String> deadLetters() {
    return List.copyOf(deadLetters);
  }

  @Override
  public synchronized List<Claim> take(int most, long nowMillis, long leaseMillis) {
    return conversations.entrySet().stream()
        .filter(entry -> entry.getValue().dueAtMillis <= nowMillis)
        .sorted(Comparator.comparingLong(entry -> entry.getValue().dueAtMillis))
        .limit(most)
        .map(entry -> {
          Conversation conversation = entry.getValue();
          conversation.dueAtMillis = nowMillis + leaseMillis;
          conversation.claim++;
          return new Claim(
              entry.getKey(), conversation.claim, conversation.attempts, conversation.dueAtMillis);
        })
        .toList();
  }

  @Override
  public synchronized Map<String, List<Waiting>> waiting(
      Collection<String> conversationIds, int mostOfEach) {
    Map<String, List<Waiting>> waiting = new HashMap<>();
    for (String id : conversationIds) {
      Conversation conversation = conversations.get(id);
      if (conversation != null) {
        waiting.put(id, conversation.waiting.stream().limit(mostOfEach).toList());
      }
    }
    return waiting;
  }

  private void remove(Waiting sent) {
    Conversation conversation = conversations.get(sent.conversationId());
    if (conversation != null) {
      conversation.waiting.removeIf(each -> each.message().equals(sent.message()));
    }
  }

  @Override
  public synchronized void deadLetter(Waiting refused, String reason, long nowMillis) {
    deadLetters.add(Notes.text(refused.message()));
    remove(refused);
  }

  @Override
  public synchronized void finish(Collection<FinishedClaim> finished) {
    finished.forEach(this::finish);
  }

  private void finish(FinishedClaim finished) {
    finished.sent().forEach(this::remove);
    Claim claim = finished.claim();
    Conversation conversation = conversations.get(claim.conversationId());
    if (conversation == null || conversation.claim != claim.number()) {
      return;
    }
    if (conversation.waiting.isEmpty()) {
      conversations.remove(claim.conversationId());
    } else {
      conversation.dueAtMillis =
          Math.max(finished.notBeforeMillis(), conversation.waiting.getFirst().createdAtMillis());
      conversation.attempts = finished.attempts();
    }
  }
}
