package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.lane.Conversations;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;

/**
 * {@link Conversations} as MySQL holds them. Reads a whole index, so nothing that waits may ask.
 */
public final class MySqlConversations implements Conversations {
  private final Jdbi jdbi;

  /** Uses the pool; its owner closes it. */
  public MySqlConversations(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public void each(Consumer<String> sink) {
    jdbi.useHandle(handle ->
        handle
            .createQuery(
                "SELECT DISTINCT conversation_id FROM message"
                    + " UNION SELECT DISTINCT conversation_id FROM conversation")
            .map((row, _) -> MySql.id(row.getBytes(1)))
            .forEach(sink));
  }
}
