package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.mysql.SegmentRows.Segment;
import im.hongyan.messagelog.search.Terms;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/**
 * Segments of the index of words that hold nothing which anybody may read: the first readable seqs
 * of all their conversations lie behind them (docs/decisions/0015). Stateless.
 */
final class UnreadableSegments {
  private static final int IDS_PER_STATEMENT = 500;

  private UnreadableSegments() {}

  /** Whether a segment is one. */
  static boolean isOne(Handle handle, ConversationNumbers numbers, Segment segment) {
    Map<Long, Long> newest = new HashMap<>();
    new SegmentReader(handle)
        .having(
            List.of(segment),
            Set.of(Terms.ALL),
            posting -> {
              newest.merge(posting.conversation(), posting.seq(), Math::max);
              return false;
            });
    for (List<Long> some : Lists.partition(List.copyOf(newest.keySet()), IDS_PER_STATEMENT)) {
      Map<Long, String> ids = numbers.ids(some);
      Map<String, Long> firsts = firstReadable(handle, List.copyOf(ids.values()));
      for (Long number : some) {
        long first = firsts.getOrDefault(ids.getOrDefault(number, ""), 0L);
        if (newest.getOrDefault(number, Long.MAX_VALUE) >= first) {
          return false;
        }
      }
    }
    return true;
  }

  /** The first seqs that anybody may read, of conversations that have one. */
  static Map<String, Long> firstReadable(Handle handle, List<String> ids) {
    Map<String, Long> firsts = new HashMap<>();
    if (!ids.isEmpty()) {
      handle
          .createQuery(
              "SELECT conversation_id, min_seq FROM conversation_min"
                  + " WHERE conversation_id IN (<ids>)")
          .bindList("ids", ids.stream().map(MySql::id).toList())
          .map((row, _) -> firsts.put(MySql.id(row.getBytes(1)), row.getLong(2)))
          .forEach(_ -> {});
    }
    return firsts;
  }
}
