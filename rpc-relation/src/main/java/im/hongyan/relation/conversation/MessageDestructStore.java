package im.hongyan.relation.conversation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The conversation rows whose messages destruct, in the order in which they are due. Safe for use
 * by several threads and processes.
 */
public final class MessageDestructStore {
  private static final String DUE = " WHERE destruct_at <= ? ORDER BY destruct_at LIMIT ?";

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MessageDestructStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** Rows that are due; nothing is claimed. */
  List<Conversation> due(long nowMillis, int most) {
    return jdbi.withHandle(handle -> due(handle, nowMillis, most, ""));
  }

  private static List<Conversation> due(Handle handle, long nowMillis, int most, String rest) {
    return handle
        .createQuery(ConversationRows.SELECT + DUE + rest)
        .bind(0, nowMillis)
        .bind(1, most)
        .map((row, _) -> ConversationRows.conversation(row))
        .list();
  }

  /**
   * Claims rows that are due; those that others claim at this moment are passed over.
   *
   * @param leaseMillis until when nobody else gets them, a time of its own for each claim
   */
  List<Conversation> claim(long nowMillis, long leaseMillis, int most) {
    return Transactions.run(
        jdbi,
        handle -> {
          List<Conversation> rows = due(handle, nowMillis, most, " FOR UPDATE SKIP LOCKED");
          for (Conversation row : rows) {
            handle.execute(
                "UPDATE conversation SET destruct_at = ?"
                    + " WHERE owner_user_id = ? AND conversation_id = ?",
                leaseMillis,
                new UserId(row.getOwnerUserID()),
                new ConversationId(row.getConversationID()));
          }
          return rows;
        });
  }

  /** Says when a claimed row is due again; nothing where its owner has changed the setting. */
  void done(Conversation row, long leaseMillis, long nowMillis, long nextMillis) {
    jdbi.useHandle(handle ->
        handle.execute(
            "UPDATE conversation SET latest_msg_destruct_time = ?, destruct_at = ?"
                + " WHERE owner_user_id = ? AND conversation_id = ? AND destruct_at = ?",
            nowMillis,
            nextMillis,
            new UserId(row.getOwnerUserID()),
            new ConversationId(row.getConversationID()),
            leaseMillis));
  }

  /** When the row that waits longest was due; empty where there is none. */
  OptionalLong oldest() {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT destruct_at FROM conversation WHERE destruct_at IS NOT NULL"
                    + " ORDER BY destruct_at LIMIT 1")
            .mapTo(Long.class)
            .findOne()
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty()));
  }
}
