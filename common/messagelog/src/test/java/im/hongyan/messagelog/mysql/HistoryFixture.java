package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes to the history, and looks into its tables. */
final class HistoryFixture {
  private HistoryFixture() {}

  /** A user's bounds in a conversation, 0 for none, and how far it was read. */
  record UserSeqs(long minSeq, long maxSeq, long readSeq) {}

  /** Appends rows and read positions, without mutations. */
  static boolean append(
      HistoryStore store,
      int lane,
      long expectedOffset,
      FollowerPosition next,
      List<Row> rows,
      List<ReadMark> marks) {
    return store.append(lane, expectedOffset, next, new Changes(rows, marks, List.of()));
  }

  /** The seqs that a conversation has, ascending. */
  static List<Long> seqs(MySql mysql, String conversationId) {
    return mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("SELECT seq FROM message WHERE conversation_id = ? ORDER BY seq")
                .bind(0, MySql.id(conversationId))
                .mapTo(Long.class)
                .list());
  }

  /** The bounds and read positions of a user; conversations without a row are left out. */
  static Map<String, UserSeqs> userSeqs(
      MySql mysql, String userId, Collection<String> conversationIds) {
    Map<String, UserSeqs> found = new HashMap<>();
    for (String conversation : conversationIds) {
      mysql
          .jdbi()
          .withHandle(handle ->
              handle
                  .createQuery(
                      "SELECT min_seq, max_seq, read_seq FROM seq_user"
                          + " WHERE user_id = ? AND conversation_id = ?")
                  .bind(0, MySql.id(userId))
                  .bind(1, MySql.id(conversation))
                  .map((row, context) ->
                      new UserSeqs(row.getLong(1), row.getLong(2), row.getLong(3)))
                  .findOne())
          .ifPresent(seqs -> found.put(conversation, seqs));
    }
    return found;
  }
}
