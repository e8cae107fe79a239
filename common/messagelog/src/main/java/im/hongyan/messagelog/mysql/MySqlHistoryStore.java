package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.wire.group.GroupAtType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link HistoryStore} as its store holds it. Safe for use by several threads. */
public final class MySqlHistoryStore implements HistoryStore {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryStore.class);

  private static final int ROWS_PER_STATEMENT = 100;

  private final Jdbi jdbi;

  private final InboxDays.Noted noted = new InboxDays.Noted();

  private final BurnRows burns;

  /** Uses the pool; its owner closes it. */
  public MySqlHistoryStore(MySql mysql) {
    this(mysql, InstantSource.system());
  }

  /**
   * As above.
   *
   * @param clock for the moment at which messages that burn were read
   */
  public MySqlHistoryStore(MySql mysql, InstantSource clock) {
    jdbi = mysql.jdbi();
    burns = new BurnRows(clock);
  }

  @Override
  public FollowerPosition position(int lane) {
    burns.forget(lane);
    return jdbi.withHandle(handle -> FollowerPositions.position(handle, FOLLOWER, lane));
  }

  @Override
  public boolean append(int lane, long expectedOffset, FollowerPosition next, Changes changes) {
    List<Row> rows = changes.rows();
    long now = System.nanoTime();
    Map<String, Long> days = noted.due(rows, now);
    boolean written = write(lane, expectedOffset, next, changes, days);
    if (written) {
      noted.done(days, now);
    }
    return written;
  }

  private boolean write(
      int lane,
      long expectedOffset,
      FollowerPosition next,
      Changes changes,
      Map<String, Long> days) {
    List<Row> rows = changes.rows();
    List<ReadMark> marks = changes.marks();
    return jdbi.inTransaction(handle -> {
      if (!FollowerPositions.move(handle, FOLLOWER, lane, expectedOffset, next)) {
        handle.rollback();
        return false;
      }
      for (List<Row> part : Lists.partition(rows, ROWS_PER_STATEMENT)) {
        DeadLetterRows.write(
            part,
            some -> insert(handle, some),
            (row, refusal) -> DeadLetterRows.keep(handle, row, refusal));
      }
      burns.note(handle, lane, changes.privates());
      burns.read(handle, lane, changes);
      for (List<ReadMark> part : Lists.partition(marks, ROWS_PER_STATEMENT)) {
        DeadLetterRows.write(
            part,
            some -> mark(handle, some),
            (mark, refusal) -> LOG.error("a read position is refused by MySQL: {}", mark, refusal));
      }
      InboxDays.note(handle, days);
      // A mutation never comes before the message that it changes.
      changes.mutations().forEach(mutation -> MarkRows.apply(handle, mutation));
      mention(handle, changes.mentions());
      return true;
    });
  }

  private static void insert(Handle handle, List<Row> rows) {
    Rows.insert(
        handle,
        "INSERT INTO message (conversation_id, seq, send_id, client_msg_id, send_time, body) VALUES",
        rows.stream().map(MySqlHistoryStore::values).toList(),
        "ON DUPLICATE KEY UPDATE seq = VALUES(seq)");
  }

  private static Object[] values(Row row) {
    return new Object[] {
      MySql.id(row.conversationId()),
      row.seq(),
      MySql.id(row.sendId()),
      MySql.id(row.clientMsgId()),
      row.sendTimeMillis(),
      row.body()
    };
  }

  private static void mark(Handle handle, List<ReadMark> marks) {
    Rows.insert(
        handle,
        "INSERT INTO seq_user (user_id, conversation_id, read_seq) VALUES",
        marks.stream()
            .map(mark ->
                new Object[] {MySql.id(mark.userId()), MySql.id(mark.conversationId()), mark.seq()})
            .toList(),
        "ON DUPLICATE KEY UPDATE read_seq = GREATEST(read_seq, VALUES(read_seq))");
  }

  /** Left to rpc-relation, which marks the members' conversations. */
  private static void mention(Handle handle, List<Mention> mentions) {
    Rows.insert(
        handle,
        "INSERT INTO group_mention"
            + " (group_id, seq, sender_user_id, at_millis, everyone, named, marked) VALUES",
        mentions.stream()
            .map(mention ->
                new Object[] {
                  MySql.id(mention.groupId()),
                  mention.seq(),
                  MySql.id(mention.sendId()),
                  mention.sendTimeMillis(),
                  mention.mentions().getEveryone() ? GroupAtType.ALL : GroupAtType.NONE,
                  Mentions.newBuilder()
                      .addAllUserIds(mention.mentions().getUserIdsList())
                      .build()
                      .toByteArray(),
                  new byte[0]
                })
            .toList(),
        "");
  }

  @Override
  public Map<Long, byte[]> find(String conversationId, Collection<Long> seqs) {
    if (seqs.isEmpty()) {
      return Map.of();
    }
    return jdbi.withHandle(handle -> {
      var query =
          handle.createQuery(
              "SELECT seq, body FROM message WHERE conversation_id = ? AND seq IN ("
                  + marks(seqs.size())
                  + ")");
      query.bind(0, MySql.id(conversationId));
      bindAll(query, 1, seqs);
      Map<Long, byte[]> found = new HashMap<>();
      query
          .map((row, context) -> found.put(row.getLong(1), row.getBytes(2)))
          .forEach(ignored -> {});
      if (found.size() < seqs.size()) {
        List<Long> rest = seqs.stream().filter(seq -> !found.containsKey(seq)).toList();
        found.putAll(DeadLetterRows.find(handle, conversationId, rest));
      }
      return found;
    });
  }

  @Override
  public Heights heights(int lane, Collection<String> conversationIds) {
    List<String> ids = List.copyOf(conversationIds);
    Map<String, Top> found = new HashMap<>();
    return jdbi.withHandle(handle -> {
      long offset = START.getOffset();
      int from = 0;
      do {
        List<String> some = ids.subList(from, Math.min(ids.size(), from + ROWS_PER_STATEMENT));
        offset = heights(handle, lane, some, found);
        from += ROWS_PER_STATEMENT;
      } while (from < ids.size());
      return new Heights(offset, found);
    });
  }

  /**
   * Adds highest seqs and returns the writer's offset: one statement, which sees one moment; two
   * would not, as transactions read what is committed meanwhile.
   */
  private static long heights(Handle handle, int lane, List<String> ids, Map<String, Top> found) {
    StringBuilder sql =
        new StringBuilder(
            "SELECT -1, log_offset, 0 FROM sequence_position WHERE follower = ? AND lane = ?");
    for (int i = 0; i < ids.size(); i++) {
      // The key's end is one look-up; a GROUP BY would read every row of each.
      sql.append(" UNION ALL (SELECT ")
          .append(i)
          .append(", seq, send_time FROM message WHERE conversation_id = ?")
          .append(" ORDER BY seq DESC LIMIT 1) UNION ALL (SELECT ")
          .append(i)
          .append(", seq, send_time FROM message_parked WHERE id_hash = ?")
          .append(" ORDER BY seq DESC LIMIT 1)");
    }
    var query = handle.createQuery(sql.toString()).bind(0, MySql.id(FOLLOWER)).bind(1, lane);
    for (int i = 0; i < ids.size(); i++) {
      query.bind(2 * i + 2, MySql.id(ids.get(i))).bind(2 * i + 3, DeadLetterRows.hash(ids.get(i)));
    }
    long offset = START.getOffset();
    for (Height height : query.map((row, context) -> Height.of(row)).list()) {
      if (height.index() < 0) {
        offset = height.value();
      } else {
        found.merge(
            ids.get(height.index()),
            new Top(height.value(), height.sendTimeMillis()),
            (a, b) -> a.seq() >= b.seq() ? a : b);
      }
    }
    return offset;
  }

  /** A row of the statement above; index -1 holds the writer's offset. */
  private record Height(int index, long value, long sendTimeMillis) {
    static Height of(ResultSet row) throws SQLException {
      return new Height(row.getInt(1), row.getLong(2), row.getLong(3));
    }
  }

  @Override
  public Optional<Row> findSent(String conversationId, String sendId, String clientMsgId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "(SELECT seq, send_time, body FROM message"
                    + " WHERE conversation_id = ? AND client_msg_id = ? AND send_id = ?"
                    + " ORDER BY seq LIMIT 1) UNION ALL"
                    + " (SELECT seq, send_time, body FROM message_parked"
                    + " WHERE id_hash = ? AND client_msg_id = ? AND send_id = ?"
                    + " ORDER BY seq LIMIT 1) LIMIT 1")
            .bind(0, MySql.id(conversationId))
            .bind(1, MySql.id(clientMsgId))
            .bind(2, MySql.id(sendId))
            .bind(3, DeadLetterRows.hash(conversationId))
            .bind(4, MySql.id(clientMsgId))
            .bind(5, MySql.id(sendId))
            .map((row, context) ->
                new Row(
                    conversationId,
                    row.getLong(1),
                    sendId,
                    clientMsgId,
                    row.getLong(2),
                    row.getBytes(3)))
            .findOne());
  }

  private static String marks(int count) {
    return "?, ".repeat(count - 1) + "?";
  }

  private static void bindAll(SqlStatement<?> statement, int from, Collection<Long> seqs) {
    int at = from;
    for (Long seq : seqs) {
      statement.bind(at++, seq);
    }
  }
}
