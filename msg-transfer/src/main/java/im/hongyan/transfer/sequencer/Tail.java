package im.hongyan.transfer.sequencer;

import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the owner of a lane remembers of the log: last seqs of recent conversations, what was sent
 * in the last minutes, and the last inbound offset handled (docs/sequencing.md O2).
 * Single-threaded.
 */
final class Tail {
  /**
   * How long a sent message is remembered from when Redis showed it; a resend that was let in
   * before that is read long before this ends, or is old enough to be looked for in the windows.
   */
  static final long REMEMBERED_MILLIS = 180_000;

  private static final int MAX_CONVERSATIONS = 200_000;

  private static final long GATHERED_MILLIS = 60_000;

  /** What Redis began to show within one minute. */
  private record Shown(long fromMillis, Set<SentKey> keys) {}

  /** Not a Caffeine cache: which one it drops must not depend on chance, for the simulation. */
  private final Map<String, Long> lastSeqs =
      new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_CONVERSATIONS;
        }
      };

  private final Deque<Shown> shown = new ArrayDeque<>();
  private Set<SentKey> notVisible = new HashSet<>();
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
    notVisible.add(key);
  }

  /** Redis shows all that was numbered. */
  void visible(long nowMillis) {
    if (notVisible.isEmpty()) {
      return;
    }
    if (shown.isEmpty() || nowMillis - shown.getLast().fromMillis() >= GATHERED_MILLIS) {
      shown.addLast(new Shown(nowMillis, new HashSet<>()));
    }
    shown.getLast().keys().addAll(notVisible);
    // A new one, since clearing takes as long as the largest that it ever was: that of a fold.
    notVisible = new HashSet<>();
  }

  /** Forgets what has been visible for long. */
  void forget(long nowMillis) {
    while (!shown.isEmpty()
        && shown.getFirst().fromMillis() + GATHERED_MILLIS < nowMillis - REMEMBERED_MILLIS) {
      shown.removeFirst();
    }
  }

  boolean wasSent(SentKey key) {
    if (notVisible.contains(key)) {
      return true;
    }
    for (Shown minute : shown) {
      if (minute.keys().contains(key)) {
        return true;
      }
    }
    return false;
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
