package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.PrivateMessage;
import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.wire.id.ConversationId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/**
 * Messages that burn, and when (docs/protocol/messages.md): written within the history writer's
 * transaction, so that what was read and what becomes due move with its position. A read is what
 * raises a read position. Costs nothing while there is no such message. Safe for use by several
 * threads.
 */
final class BurnRows {
  /** Of one read; those further back stay. */
  private static final int MOST_A_READ = 10_000;

  private static final int SEQS_A_ROW = 500;
  private static final int IDS_PER_STATEMENT = 100;

  /** Messages of longer ones are dead letters, which do not burn. */
  private static final int MAX_ID_BYTES = 255;

  private final InstantSource clock;

  /** Whether there may be one in a lane; it has one writer at a time, in one thread. */
  private final Map<Integer, Boolean> any = new ConcurrentHashMap<>();

  private record Unread(long seq, String sendId, int seconds, boolean first) {}

  private record Deed(String userId, long dueAt) {}

  BurnRows(InstantSource clock) {
    this.clock = clock;
  }

  /** Another process may have written the lane until now. */
  void forget(int lane) {
    any.remove(lane);
  }

  /** Notes messages that burn once they are read. */
  void note(Handle handle, int lane, List<PrivateMessage> messages) {
    List<Object[]> rows =
        messages.stream()
            .filter(message -> MySql.id(message.conversationId()).length <= MAX_ID_BYTES)
            .map(message ->
                new Object[] {
                  MySql.id(message.conversationId()),
                  message.seq(),
                  MySql.id(message.sendId()),
                  message.seconds()
                })
            .toList();
    if (!rows.isEmpty()) {
      any.put(lane, true);
      Rows.insert(
          handle,
          "INSERT INTO message_burn (conversation_id, seq, send_id, seconds) VALUES",
          rows,
          "ON DUPLICATE KEY UPDATE seq = VALUES(seq)");
    }
  }

  /** Says what is due when, before the read positions are raised. */
  void read(Handle handle, int lane, Changes changes) {
    if (changes.marks().isEmpty() || !any(handle, lane)) {
      return;
    }
    List<String> ids = changes.marks().stream().map(ReadMark::conversationId).distinct().toList();
    Set<String> burning = burning(handle, ids);
    if (burning.isEmpty()) {
      return;
    }
    Map<List<String>, Long> joined = joined(changes);
    for (ReadMark mark : changes.marks()) {
      if (burning.contains(mark.conversationId())) {
        long from = joined.getOrDefault(List.of(mark.userId(), mark.conversationId()), 0L);
        read(handle, mark, Math.max(from, position(handle, mark)));
      }
    }
  }

  private boolean any(Handle handle, int lane) {
    Boolean known = any.get(lane);
    if (known == null) {
      known =
          handle
              .createQuery("SELECT 1 FROM message_burn WHERE conversation_id >= ? LIMIT 1")
              .bind(0, MySql.id(""))
              .mapTo(Integer.class)
              .findOne()
              .isPresent();
      any.put(lane, known);
    }
    return known;
  }

  private static Set<String> burning(Handle handle, List<String> ids) {
    Set<String> burning = new HashSet<>();
    for (List<String> some : Lists.partition(ids, IDS_PER_STATEMENT)) {
      // One look-up for each; DISTINCT would read every row of each.
      String one = "(SELECT conversation_id FROM message_burn WHERE conversation_id = ? LIMIT 1)";
      var query = handle.createQuery((one + " UNION ALL ").repeat(some.size() - 1) + one);
      for (int i = 0; i < some.size(); i++) {
        query.bind(i, MySql.id(some.get(i)));
      }
      query.map((row, _) -> burning.add(MySql.id(row.getBytes(1)))).forEach(_ -> {});
    }
    return burning;
  }

  /** Who joins has not read what was before, though the read position is raised to it. */
  private static Map<List<String>, Long> joined(Changes changes) {
    Map<List<String>, Long> joined = new HashMap<>();
    changes.mutations().stream()
        .filter(mutation -> mutation.hasJoining())
        .forEach(mutation ->
            mutation
                .getJoining()
                .getUserIdsList()
                .forEach(user ->
                    joined.merge(
                        List.of(user, mutation.getConversationId()),
                        mutation.getJoining().getFromSeq() - 1,
                        Math::max)));
    return joined;
  }

  private static long position(Handle handle, ReadMark mark) {
    return handle
        .createQuery("SELECT read_seq FROM seq_user WHERE user_id = ? AND conversation_id = ?")
        .bind(0, MySql.id(mark.userId()))
        .bind(1, MySql.id(mark.conversationId()))
        .mapTo(Long.class)
        .findOne()
        .orElse(0L);
  }

  private void read(Handle handle, ReadMark mark, long from) {
    byte[] id = MySql.id(mark.conversationId());
    List<Unread> read =
        handle
            .createQuery(
                "SELECT seq, send_id, seconds, is_read FROM message_burn"
                    + " WHERE conversation_id = ? AND seq > ? AND seq <= ? AND send_id <> ?"
                    + " ORDER BY seq DESC LIMIT ?")
            .bind(0, id)
            .bind(1, from)
            .bind(2, mark.seq())
            .bind(3, MySql.id(mark.userId()))
            .bind(4, MOST_A_READ)
            .map((row, _) ->
                new Unread(
                    row.getLong(1), MySql.id(row.getBytes(2)), row.getInt(3), row.getInt(4) == 0))
            .list()
            .reversed();
    if (read.isEmpty()) {
      return;
    }
    boolean group = new ConversationId(mark.conversationId()).isGroup();
    long now = clock.millis();
    Map<Deed, List<Long>> due = new HashMap<>();
    for (Unread each : read) {
      long at = now + each.seconds() * 1_000L;
      add(due, new Deed(group ? mark.userId() : "", at), each.seq());
      if (group && each.first()) {
        // The sender's own goes with that of the first who has read it.
        add(due, new Deed(each.sendId(), at), each.seq());
      }
    }
    insert(handle, id, due);
    String change = group ? "UPDATE message_burn SET is_read = 1" : "DELETE FROM message_burn";
    for (List<Unread> some : Lists.partition(read, SEQS_A_ROW)) {
      handle
          .createUpdate(change + " WHERE conversation_id = :id AND seq IN (<seqs>)")
          .bind("id", id)
          .bindList("seqs", some.stream().map(Unread::seq).toList())
          .execute();
    }
  }

  private static void add(Map<Deed, List<Long>> due, Deed deed, long seq) {
    due.computeIfAbsent(deed, _ -> new ArrayList<>()).add(seq);
  }

  private static void insert(Handle handle, byte[] id, Map<Deed, List<Long>> due) {
    List<Object[]> rows = new ArrayList<>();
    due.forEach((deed, seqs) -> {
      for (List<Long> some : Lists.partition(seqs, SEQS_A_ROW)) {
        byte[] listed = Deletion.newBuilder().addAllSeqs(some).build().toByteArray();
        rows.add(new Object[] {id, MySql.id(deed.userId()), listed, deed.dueAt()});
      }
    });
    Rows.insert(
        handle, "INSERT INTO burn_due (conversation_id, user_id, seqs, due_at) VALUES", rows, "");
  }
}
