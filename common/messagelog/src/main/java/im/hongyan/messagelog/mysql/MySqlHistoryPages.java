package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.search.HistoryPages;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** {@link HistoryPages} of MySQL. Safe for use by several threads. */
public final class MySqlHistoryPages implements HistoryPages {
  private final Jdbi jdbi;

  /** Uses the pool; its owner closes it. */
  public MySqlHistoryPages(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public List<String> conversations(String after, int limit) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT DISTINCT conversation_id FROM message WHERE conversation_id > ?"
                    + " ORDER BY conversation_id LIMIT ?")
            .bind(0, MySql.id(after))
            .bind(1, limit)
            .map((row, _) -> MySql.id(row.getBytes(1)))
            .list());
  }

  @Override
  public List<Row> messages(String conversationId, long after, int limit) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT seq, send_id, client_msg_id, send_time, body FROM message"
                    + " WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?")
            .bind(0, MySql.id(conversationId))
            .bind(1, after)
            .bind(2, limit)
            .map((row, _) ->
                new Row(
                    conversationId,
                    row.getLong(1),
                    MySql.id(row.getBytes(2)),
                    MySql.id(row.getBytes(3)),
                    row.getLong(4),
                    row.getBytes(5)))
            .list());
  }
}
