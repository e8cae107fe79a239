package im.hongyan.transfer.sequencer;

import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a lane remembers of the log: last seqs of recent conversations, what was sent
 * in the last minutes, and the last inbound offset handled (SEQUENCING.md O2). Single-threaded.
 */
final class Tail {
  /**
   * How long a sent message is remembered from when Redis showed it; a resend that was let in
   * before that is read long before this ends, or is old enough to be looked for in the windows.
   */
  static final long REMEMBERED_MILLIS = 180_000;

  private static final int MAX_CONVERSATIONS = 200_000;

  private record Sent(SentKey key, long millis) {}

  private final Map<String, Long> lastSeqs =
      new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_CONVERSATIONS;
        }
      };
  private final Map<SentKey, Long> sent = new HashMap<>();
  private final Deque<Sent> sentInOrder = new ArrayDeque<>();
  private final Deque<SentKey> notVisible = new ArrayDeque<>();
  private long lastInbound = -1;

  /** Takes a record that counts. */
  void add(SequencedRecord record) {
    lastInbound = Math.max(lastInbound, record.getInboundOffset());
    InboundRecord message = record.getMessage();
    for (Copy copy : message.getCopiesList()) {
      if (copy.getSeq() > 0) {
        lastSeqs.merge(copy.getConversationId(), copy.getSeq(), Math::max);
      }
    }
    remember(SentKey.of(message));
  }

  /** Remembers that a message was numbered. */
  void remember(SentKey key) {
    sent.put(key, Long.MAX_VALUE);
    notVisible.addLast(key);
  }

  /** Redis shows all that was numbered. */
  void visible(long nowMillis) {
    while (!notVisible.isEmpty()) {
      SentKey key = notVisible.removeFirst();
      sent.put(key, nowMillis);
      sentInOrder.addLast(new Sent(key, nowMillis));
    }
  }

  /** Forgets what has been visible for long. */
  void forget(long nowMillis) {
    while (!sentInOrder.isEmpty()
        && sentInOrder.getFirst().millis() < nowMillis - REMEMBERED_MILLIS) {
      Sent old = sentInOrder.removeFirst();
      sent.remove(old.key(), old.millis());
    }
  }

  boolean wasSent(SentKey key) {
    return sent.containsKey(key);
  }

  @Nullable Long lastSeq(String conversationId) {
    return lastSeqs.get(conversationId);
  }

  void setLastSeq(String conversationId, long seq) {
    lastSeqs.put(conversationId, seq);
  }

  long lastInbound() {
    return lastInbound;
  }

  void setLastInbound(long offset) {
    lastInbound = Math.max(lastInbound, offset);
  }
}
