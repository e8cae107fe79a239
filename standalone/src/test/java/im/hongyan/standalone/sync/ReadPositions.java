package im.hongyan.standalone.sync;

import im.hongyan.proto.msg.Seqs;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Newest seqs and read positions as a device knows them: from 1006, from receipts and from its own
 * marks (client-sync.md 5.1, notifications.md 8). Safe for use by several threads.
 */
final class ReadPositions {
  private final Map<String, Long> newest = new HashMap<>();
  private final Map<String, Long> read = new HashMap<>();

  /** Takes an answer of 1006 over. A read position never falls. */
  synchronized void replace(Map<String, Seqs> seqs) {
    newest.clear();
    seqs.forEach((conversation, row) -> {
      newest.put(conversation, row.getMaxSeq());
      raise(conversation, row.getHasReadSeq());
    });
  }

  /** The conversations that 1006 has named. */
  synchronized Set<String> conversations() {
    return Set.copyOf(newest.keySet());
  }

  /** The highest seq of a conversation as 1006 had it, 0 for none. */
  synchronized long newest(String conversation) {
    return newest.getOrDefault(conversation, 0L);
  }

  /** The user has read up to here. */
  synchronized void raise(String conversation, long seq) {
    read.merge(conversation, seq, Math::max);
  }

  /** How far the user has read. */
  synchronized long read(String conversation) {
    return read.getOrDefault(conversation, 0L);
  }
}
