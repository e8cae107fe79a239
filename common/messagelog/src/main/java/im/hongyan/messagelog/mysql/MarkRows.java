package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Utf8Order;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Writes mutations within the history writer's transaction, in the order of the log. Each can be
 * written again, alone or with all that follow it, without effect. Stateless.
 */
final class MarkRows {

  private MarkRows() {}

  static void apply(Handle handle, Mutation mutation) {
    String conversation = mutation.getConversationId();
    switch (mutation.getChangeCase()) {
      case READ -> read(handle, conversation, mutation.getRead());
      case REVOCATION -> revoke(handle, conversation, mutation.getRevocation());
      case DELETION -> delete(handle, conversation, mutation.getDeletion());
      case CLEARING -> clear(handle, conversation, mutation.getClearing());
      case LEAVING -> leave(handle, conversation, mutation.getLeaving());
      case JOINING ->
          begin(
              handle,
              conversation,
              mutation.getJoining().getUserIdsList(),
              mutation.getJoining().getFromSeq());
      case CHANGE_NOT_SET -> {}
    }
  }

  /** How far its user has read is raised together with the positions of senders. */
  private static void read(Handle handle, String conversation, ReadMark mark) {
    byte[] id = MySql.id(conversation);
    Rows.insert(
        handle,
        "INSERT INTO message_mark (conversation_id, seq, is_read) VALUES",
        mark.getMessageSeqsList().stream().sorted().map(seq -> new Object[] {id, seq, 1}).toList(),
        "ON DUPLICATE KEY UPDATE is_read = 1");
  }

  private static void revoke(Handle handle, String conversation, Revocation revocation) {
    handle.execute(
        "INSERT INTO message_mark (conversation_id, seq, revocation) VALUES (?, ?, ?)"
            + " ON DUPLICATE KEY UPDATE revocation = COALESCE(revocation, VALUES(revocation))",
        MySql.id(conversation),
        revocation.getSeq(),
        revocation.toByteArray());
  }

  private static void delete(Handle handle, String conversation, Deletion deletion) {
    byte[] id = MySql.id(conversation);
    List<Long> seqs = deletion.getSeqsList().stream().sorted().toList();
    if (!deletion.getUserId().isEmpty()) {
      byte[] user = MySql.id(deletion.getUserId());
      Rows.insert(
          handle,
          "INSERT INTO message_deleted (user_id, conversation_id, seq) VALUES",
          seqs.stream().map(seq -> new Object[] {user, id, seq}).toList(),
          "ON DUPLICATE KEY UPDATE seq = VALUES(seq)");
      return;
    }
    Rows.insert(
        handle,
        "INSERT INTO message_mark (conversation_id, seq, is_erased) VALUES",
        seqs.stream().map(seq -> new Object[] {id, seq, 1}).toList(),
        "ON DUPLICATE KEY UPDATE is_erased = 1");
    if (!seqs.isEmpty()) {
      handle
          .createUpdate("DELETE FROM message_burn WHERE conversation_id = :id AND seq IN (<seqs>)")
          .bind("id", id)
          .bindList("seqs", seqs)
          .execute();
    }
    if (deletion.getTombstonesCount() == 0) {
      return;
    }
    PreparedBatch bodies =
        handle.prepareBatch("UPDATE message SET body = ? WHERE conversation_id = ? AND seq = ?");
    for (int i = 0; i < deletion.getTombstonesCount(); i++) {
      bodies.add(deletion.getTombstones(i).toByteArray(), id, deletion.getSeqs(i));
    }
    bodies.execute();
  }

  private static void clear(Handle handle, String conversation, Clearing clearing) {
    long min = clearing.getThroughSeq() + 1;
    byte[] id = MySql.id(conversation);
    if (clearing.getUserId().isEmpty()) {
      handle.execute(
          "INSERT INTO conversation_min (conversation_id, min_seq) VALUES (?, ?)"
              + " ON DUPLICATE KEY UPDATE min_seq = GREATEST(min_seq, VALUES(min_seq))",
          id,
          min);
      return;
    }
    begin(handle, conversation, List.of(clearing.getUserId()), min);
  }

  /** What these users may read begins here. */
  private static void begin(Handle handle, String conversation, List<String> userIds, long min) {
    byte[] id = MySql.id(conversation);
    List<byte[]> users = userIds.stream().sorted(Utf8Order.INSTANCE).map(MySql::id).toList();
    Rows.insert(
        handle,
        "INSERT INTO seq_user (user_id, conversation_id, min_seq) VALUES",
        users.stream().map(user -> new Object[] {user, id, min}).toList(),
        "ON DUPLICATE KEY UPDATE min_seq = GREATEST(min_seq, VALUES(min_seq))");
    PreparedBatch rows =
        handle.prepareBatch(
            "UPDATE conversation SET min_seq = GREATEST(min_seq, ?)"
                + " WHERE owner_user_id = ? AND conversation_id = ?");
    for (byte[] user : users) {
      rows.add(min, user, id);
    }
    if (!users.isEmpty()) {
      rows.execute();
    }
    announce(handle, users, id);
  }

  /** The version of the leave stays beside the bound, so that nobody who joined later is bound. */
  private static void leave(Handle handle, String conversation, Leaving leaving) {
    String twin = new ConversationId(conversation).notificationTwin().value();
    List<Object[]> bounds = new ArrayList<>();
    List<byte[]> users =
        leaving.getUserIdsList().stream().sorted(Utf8Order.INSTANCE).map(MySql::id).toList();
    long version = leaving.getMembershipVersion();
    for (byte[] user : users) {
      bounds.add(new Object[] {user, MySql.id(twin), leaving.getTwinThroughSeq(), version});
      bounds.add(new Object[] {user, MySql.id(conversation), leaving.getThroughSeq(), version});
    }
    Rows.insert(
        handle,
        "INSERT INTO seq_user (user_id, conversation_id, max_seq, max_version) VALUES",
        bounds,
        "ON DUPLICATE KEY UPDATE"
            + " max_seq = IF(VALUES(max_version) >= max_version, VALUES(max_seq), max_seq),"
            + " max_version = GREATEST(max_version, VALUES(max_version))");
    PreparedBatch rows =
        handle.prepareBatch(
            "UPDATE conversation SET max_seq = ?"
                + " WHERE owner_user_id = ? AND conversation_id = ? AND membership_version < ?");
    for (byte[] user : users) {
      rows.add(leaving.getThroughSeq(), user, MySql.id(conversation), version);
    }
    if (!users.isEmpty()) {
      rows.execute();
    }
    announce(handle, users, MySql.id(conversation));
  }

  /** Left to rpc-relation, which logs the rows in their owners' lists. */
  private static void announce(Handle handle, List<byte[]> users, byte[] conversation) {
    Rows.insert(
        handle,
        "INSERT INTO window_change (owner_user_id, conversation_id) VALUES",
        users.stream().map(user -> new Object[] {user, conversation}).toList(),
        "");
  }
}
