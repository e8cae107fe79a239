package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.search.SearchStore.Rebuild;
import org.jdbi.v3.core.Handle;

/** How the index of each lane was built: table {@code search_lane}. Stateless. */
final class SearchLaneRows {
  private SearchLaneRows() {}

  static Rebuild find(Handle handle, int lane) {
    return handle
        .createQuery("SELECT format, conversation_id, seq, done FROM search_lane WHERE lane = ?")
        .bind(0, lane)
        .map((row, _) ->
            new Rebuild(
                MySql.id(row.getBytes(1)),
                MySql.id(row.getBytes(2)),
                row.getLong(3),
                row.getInt(4) != 0))
        .findOne()
        .orElse(new Rebuild("", "", 0, false));
  }

  static void put(Handle handle, int lane, Rebuild reached) {
    handle.execute(
        "INSERT INTO search_lane (lane, format, conversation_id, seq, done) VALUES (?, ?, ?, ?, ?)"
            + " ON DUPLICATE KEY UPDATE format = VALUES(format),"
            + " conversation_id = VALUES(conversation_id), seq = VALUES(seq), done = VALUES(done)",
        lane,
        MySql.id(reached.format()),
        MySql.id(reached.conversationId()),
        reached.seq(),
        reached.done() ? 1 : 0);
  }
}
