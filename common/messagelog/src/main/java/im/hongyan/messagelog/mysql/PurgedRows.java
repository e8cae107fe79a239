package im.hongyan.messagelog.mysql;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.lane.Tombstones;
import im.hongyan.messagelog.mysql.HistoryRetentionStore.Purge;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.message.MessageStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Takes messages out of the tables of history, within a transaction. Stateless. */
final class PurgedRows {
  private PurgedRows() {}

  /** Whether nothing but ids is left of a message. */
  static boolean isPurged(Handle handle, byte[] id, long seq) {
    return handle
        .createQuery("SELECT body FROM message WHERE conversation_id = ? AND seq = ?")
        .bind(0, id)
        .bind(1, seq)
        .mapTo(byte[].class)
        .findOne()
        .map(body -> isTombstone(parse(seq, 0, body)))
        .orElse(true);
  }

  private static boolean isTombstone(MsgData message) {
    return message.getStatus() == MessageStatus.DELETED && message.getContent().isEmpty();
  }

  /** What cannot be read leaves nothing but its place. */
  private static MsgData parse(long seq, long sentMillis, byte[] body) {
    try {
      return MsgData.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      return Tombstones.lost(seq, sentMillis);
    }
  }

  /** The next seqs of a deletion, ascending. */
  static List<Long> seqs(Handle handle, Purge purge, int most) {
    TreeSet<Long> seqs = new TreeSet<>();
    seqs.addAll(
        range(
            handle,
            "message WHERE conversation_id",
            MySql.id(purge.conversationId()),
            purge,
            most));
    seqs.addAll(
        range(
            handle,
            "message_parked WHERE id_hash",
            DeadLetterRows.hash(purge.conversationId()),
            purge,
            most));
    return seqs.stream().limit(most).toList();
  }

  private static List<Long> range(Handle handle, String from, byte[] id, Purge purge, int most) {
    return handle
        .createQuery(
            "SELECT seq FROM " + from + " = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?")
        .bind(0, id)
        .bind(1, purge.next())
        .bind(2, purge.through())
        .bind(3, most)
        .mapTo(Long.class)
        .list();
  }

  private record Stored(long seq, long sentMillis) {}

  /**
   * Deletes messages; of the newest of all, and of those sent later than a time, the ids stay.
   *
   * @return whether some of the latter were among them
   */
  static boolean delete(Handle handle, String conversationId, List<Long> seqs, long keepIdsMillis) {
    byte[] id = MySql.id(conversationId);
    byte[] hash = DeadLetterRows.hash(conversationId);
    long newest = newest(handle, id, hash);
    List<Stored> stored =
        handle
            .createQuery(
                "SELECT seq, send_time FROM message WHERE conversation_id = :id AND seq IN (<seqs>)"
                    + " UNION ALL SELECT seq, send_time FROM message_parked"
                    + " WHERE id_hash = :hash AND seq IN (<seqs>)")
            .bind("id", id)
            .bind("hash", hash)
            .bindList("seqs", seqs)
            .map((row, _) -> new Stored(row.getLong(1), row.getLong(2)))
            .list();
    List<Long> kept = new ArrayList<>();
    List<Long> gone = new ArrayList<>();
    boolean young = false;
    for (Stored message : stored) {
      boolean later = message.sentMillis() > keepIdsMillis;
      young |= later && message.seq() != newest;
      (later || message.seq() == newest ? kept : gone).add(message.seq());
    }
    bury(handle, "message", "conversation_id", id, kept);
    bury(handle, "message_parked", "id_hash", hash, kept);
    remove(handle, "message", "conversation_id", id, gone);
    remove(handle, "message_parked", "id_hash", hash, gone);
    remove(handle, "message_mark", "conversation_id", id, gone);
    remove(handle, "message_deleted", "conversation_id", id, gone);
    handle.execute(
        "DELETE FROM message_burn WHERE conversation_id = ? AND seq >= ? AND seq <= ?",
        id,
        seqs.getFirst(),
        seqs.getLast());
    return young;
  }

  private static long newest(Handle handle, byte[] id, byte[] hash) {
    return handle
        .createQuery(
            "(SELECT seq FROM message WHERE conversation_id = ? ORDER BY seq DESC LIMIT 1)"
                + " UNION ALL"
                + " (SELECT seq FROM message_parked WHERE id_hash = ? ORDER BY seq DESC LIMIT 1)"
                + " ORDER BY seq DESC LIMIT 1")
        .bind(0, id)
        .bind(1, hash)
        .mapTo(Long.class)
        .findOne()
        .orElse(0L);
  }

  private record Body(long seq, byte[] tombstone) {}

  private static void bury(Handle handle, String table, String key, byte[] id, List<Long> seqs) {
    if (seqs.isEmpty()) {
      return;
    }
    List<Body> bodies =
        handle
            .createQuery(
                "SELECT seq, send_time, body FROM "
                    + table
                    + " WHERE "
                    + key
                    + " = :id AND seq IN (<seqs>)")
            .bind("id", id)
            .bindList("seqs", seqs)
            .map((row, _) ->
                new Body(
                    row.getLong(1),
                    Tombstones.of(parse(row.getLong(1), row.getLong(2), row.getBytes(3)))
                        .toByteArray()))
            .list();
    PreparedBatch update =
        handle.prepareBatch("UPDATE " + table + " SET body = ? WHERE " + key + " = ? AND seq = ?");
    bodies.forEach(body -> update.add(body.tombstone(), id, body.seq()));
    if (!bodies.isEmpty()) {
      update.execute();
    }
  }

  private static void remove(Handle handle, String table, String key, byte[] id, List<Long> seqs) {
    if (!seqs.isEmpty()) {
      handle
          .createUpdate("DELETE FROM " + table + " WHERE " + key + " = :id AND seq IN (<seqs>)")
          .bind("id", id)
          .bindList("seqs", seqs)
          .execute();
    }
  }
}
