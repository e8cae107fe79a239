package im.hongyan.relation.outbox;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sdkws.MsgData;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Notifications in the table {@code outbox}, with one row of {@code outbox_conversation} for each
 * conversation that has any. No lock is held while something is sent.
 */
public final class MySqlOutboxStore implements OutboxStore {
  private static final int MOST_REASON_CHARACTERS = 1024;

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MySqlOutboxStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public List<Claim> take(int most, long nowMillis, long leaseMillis) {
    return Transactions.run(
        jdbi,
        handle -> {
          List<Claim> due =
              handle
                  .createQuery(
                      "SELECT conversation_id, claim, attempts FROM outbox_conversation"
                          + " WHERE due_at <= ? ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED")
                  .bind(0, nowMillis)
                  .bind(1, most)
                  .map((row, context) ->
                      new Claim(MySql.id(row.getBytes(1)), row.getLong(2) + 1, row.getInt(3)))
                  .list();
          if (!due.isEmpty()) {
            handle
                .createUpdate(
                    "UPDATE outbox_conversation SET due_at = :due, claim = claim + 1"
                        + " WHERE conversation_id IN (<ids>)")
                .bind("due", nowMillis + leaseMillis)
                .bindList("ids", due.stream().map(c -> MySql.id(c.conversationId())).toList())
                .execute();
          }
          return due;
        });
  }

  @Override
  public List<Waiting> waiting(String conversationId, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT version, operation_id, created_at, message FROM outbox"
                    + " WHERE conversation_id = ? ORDER BY version LIMIT ?")
            .bind(0, MySql.id(conversationId))
            .bind(1, most)
            .map((row, context) ->
                new Waiting(
                    conversationId,
                    row.getLong(1),
                    MySql.id(row.getBytes(2)),
                    row.getLong(3),
                    message(row.getBytes(4))))
            .list());
  }

  private static MsgData message(byte[] bytes) {
    try {
      return MsgData.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the outbox holds something that is no message", e);
    }
  }

  @Override
  public void remove(Waiting sent) {
    jdbi.useHandle(handle -> remove(handle, sent));
  }

  /** By its client id too: versions begin again in a conversation that had nothing waiting. */
  private static void remove(Handle handle, Waiting sent) {
    handle.execute(
        "DELETE FROM outbox WHERE conversation_id = ? AND version = ? AND client_msg_id = ?",
        MySql.id(sent.conversationId()),
        sent.version(),
        MySql.id(sent.message().getClientMsgID()));
  }

  @Override
  public void deadLetter(Waiting refused, String reason, long nowMillis) {
    Transactions.run(
        jdbi,
        handle -> {
          handle.execute(
              "INSERT INTO outbox_parked"
                  + " (client_msg_id, conversation_id, reason, parked_at, message)"
                  + " VALUES (?, ?, ?, ?, ?)"
                  + " ON DUPLICATE KEY UPDATE client_msg_id = VALUES(client_msg_id)",
              MySql.id(refused.message().getClientMsgID()),
              MySql.id(refused.conversationId()),
              reason.substring(0, Math.min(reason.length(), MOST_REASON_CHARACTERS)),
              nowMillis,
              refused.message().toByteArray());
          remove(handle, refused);
          return true;
        });
  }

  @Override
  public void finish(Claim claim, long dueAtMillis, int attempts) {
    Transactions.run(
        jdbi,
        handle -> {
          if (holds(handle, claim)) {
            giveBack(handle, claim, dueAtMillis, attempts);
          }
          return true;
        });
  }

  /** Locks the conversation's row, so that nothing is written to it before this is decided. */
  private static boolean holds(Handle handle, Claim claim) {
    Optional<Long> number =
        handle
            .createQuery(
                "SELECT claim FROM outbox_conversation WHERE conversation_id = ? FOR UPDATE")
            .bind(0, MySql.id(claim.conversationId()))
            .mapTo(Long.class)
            .findOne();
    return number.isPresent() && number.get() == claim.number();
  }

  private static void giveBack(Handle handle, Claim claim, long dueAtMillis, int attempts) {
    byte[] conversation = MySql.id(claim.conversationId());
    boolean waiting =
        handle
            .createQuery("SELECT 1 FROM outbox WHERE conversation_id = ? LIMIT 1")
            .bind(0, conversation)
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
    if (waiting) {
      handle.execute(
          "UPDATE outbox_conversation SET due_at = ?, attempts = ? WHERE conversation_id = ?",
          dueAtMillis,
          attempts,
          conversation);
    } else {
      handle.execute("DELETE FROM outbox_conversation WHERE conversation_id = ?", conversation);
    }
  }
}
