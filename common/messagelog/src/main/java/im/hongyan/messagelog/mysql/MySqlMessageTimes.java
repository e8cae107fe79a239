package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.lane.MessageTimes;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * {@link MessageTimes} by halving the seqs, about twenty reads of the primary key for a million
 * messages, and one where nothing is old enough. Safe for use by several threads.
 */
public final class MySqlMessageTimes implements MessageTimes {
  private static final String FROM =
      "SELECT seq, send_time FROM message WHERE conversation_id = ? AND seq >= ?"
          + " ORDER BY seq LIMIT 1";
  private static final String UP_TO =
      "SELECT seq, send_time FROM message WHERE conversation_id = ? AND seq <= ?"
          + " ORDER BY seq DESC LIMIT 1";

  private final Jdbi jdbi;

  private record Sent(long seq, long millis) {}

  /** Uses the pool; its owner closes it. */
  public MySqlMessageTimes(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public long newestUntil(String conversationId, long millis) {
    return jdbi.withHandle(handle -> {
      byte[] id = MySql.id(conversationId);
      Sent oldest = read(handle, FROM, id, 0).orElse(null);
      if (oldest == null || oldest.millis() > millis) {
        return 0L;
      }
      Sent newest = read(handle, UP_TO, id, Long.MAX_VALUE).orElse(oldest);
      if (newest.millis() <= millis) {
        return newest.seq();
      }
      return between(handle, id, oldest.seq(), newest.seq(), millis);
    });
  }

  /** The first is old enough and the last is not. */
  private static long between(Handle handle, byte[] id, long first, long last, long millis) {
    long until = first;
    long after = last;
    while (after - until > 1) {
      long middle = until + (after - until) / 2;
      Sent sent = read(handle, UP_TO, id, middle).orElseThrow();
      if (sent.millis() <= millis) {
        // Nothing lies between it and the middle.
        until = middle;
      } else {
        after = sent.seq();
      }
    }
    return read(handle, UP_TO, id, until).orElseThrow().seq();
  }

  private static Optional<Sent> read(Handle handle, String query, byte[] id, long seq) {
    return handle
        .createQuery(query)
        .bind(0, id)
        .bind(1, seq)
        .map((row, _) -> new Sent(row.getLong(1), row.getLong(2)))
        .findOne();
  }
}
