package im.hongyan.messagelog.mysql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * With which seq each conversation began on each day, by the clock of MySQL: what the inbox may
 * delete, without asking the inbox for ranges. The history writer notes it in its transactions, so
 * nothing is reported that history does not have. Safe for use by several threads.
 */
public final class InboxDays {
  /** Messages of longer ones are dead letters, and stay in the inbox. */
  private static final int MAX_ID_BYTES = 255;

  private static final int MAX_NOTED = 200_000;

  /** So long is a conversation not noted again; the day may begin up to that much later for it. */
  private static final long NOTED_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Jdbi jdbi;

  /** Uses the pool; its owner closes it. */
  public InboxDays(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * A range of a conversation's messages.
   *
   * @param end behind the last one
   */
  public record SeqRange(String conversationId, long first, long end) {}

  private record Day(int day, String conversationId, long firstSeq) {}

  /** Which conversations were noted a short while ago. */
  static final class Noted {
    private final Cache<String, Long> atNanos =
        Caffeine.newBuilder().maximumSize(MAX_NOTED).executor(Runnable::run).build();

    /** The first seqs of conversations that are to be noted, sorted by conversation. */
    synchronized Map<String, Long> due(List<Row> rows, long nowNanos) {
      Map<String, Long> due = new TreeMap<>();
      for (Row row : rows) {
        Long noted = atNanos.getIfPresent(row.conversationId());
        boolean fits = MySql.id(row.conversationId()).length <= MAX_ID_BYTES;
        if (fits && (noted == null || nowNanos - noted > NOTED_NANOS)) {
          due.merge(row.conversationId(), row.seq(), Math::min);
        }
      }
      return due;
    }

    synchronized void done(Map<String, Long> noted, long nowNanos) {
      noted.keySet().forEach(id -> atNanos.put(id, nowNanos));
    }
  }

  /** Notes that conversations go on today, within the transaction of their messages. */
  static void note(Handle handle, Map<String, Long> firstSeqs) {
    Rows.insert(
        handle,
        "INSERT INTO inbox_day (day, conversation_id, first_seq) VALUES",
        "(TO_DAYS(UTC_DATE()), ?, ?)",
        firstSeqs.entrySet().stream()
            .map(entry -> new Object[] {MySql.id(entry.getKey()), entry.getValue()})
            .toList(),
        "ON DUPLICATE KEY UPDATE first_seq = LEAST(first_seq, VALUES(first_seq))");
  }

  /**
   * Lets somebody take out of the inbox what was stored more than so many days ago, and forgets it.
   * Several processes may do so at once; each takes others. What is cut off is done again.
   *
   * @param days whole ones
   * @param most conversations and days of this call
   * @return how many there were; fewer than the most when nothing is left
   */
  public int release(int days, int most, Consumer<SeqRange> purge) {
    return jdbi.inTransaction(handle -> {
      List<Day> due =
          handle
              .createQuery(
                  "SELECT day, conversation_id, first_seq FROM inbox_day"
                      + " WHERE day < TO_DAYS(UTC_DATE()) - ?"
                      + " ORDER BY day, conversation_id LIMIT ? FOR UPDATE SKIP LOCKED")
              .bind(0, days)
              .bind(1, most)
              .map((row, context) ->
                  new Day(row.getInt(1), MySql.id(row.getBytes(2)), row.getLong(3)))
              .list();
      for (SeqRange range : ranges(handle, due)) {
        purge.accept(range);
      }
      for (Day day : due) {
        handle.execute(
            "DELETE FROM inbox_day WHERE day = ? AND conversation_id = ?",
            day.day(),
            MySql.id(day.conversationId()));
      }
      return due.size();
    });
  }

  private static List<SeqRange> ranges(Handle handle, List<Day> due) {
    List<SeqRange> ranges = new ArrayList<>();
    for (Day day : due) {
      byte[] id = MySql.id(day.conversationId());
      long next =
          handle
              .createQuery(
                  "SELECT COALESCE("
                      + "(SELECT first_seq FROM inbox_day WHERE conversation_id = ? AND day > ?"
                      + " ORDER BY day LIMIT 1),"
                      + "(SELECT MAX(seq) + 1 FROM message WHERE conversation_id = ?), 0)")
              .bind(0, id)
              .bind(1, day.day())
              .bind(2, id)
              .mapTo(Long.class)
              .one();
      if (next > day.firstSeq()) {
        ranges.add(new SeqRange(day.conversationId(), day.firstSeq(), next));
      }
    }
    return ranges;
  }
}
