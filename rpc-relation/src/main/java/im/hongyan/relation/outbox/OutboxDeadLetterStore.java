package im.hongyan.relation.outbox;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sdkws.MsgData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The table {@code outbox_parked} and its way back into the outbox. Safe for use by several threads
 * and processes.
 */
final class OutboxDeadLetterStore {
  /** Dead letters that one replay takes, which is one transaction. */
  static final int MOST_AT_ONCE = 100;

  private static final String SELECT =
      "SELECT parked_number, conversation_id, reason, parked_at, message FROM outbox_parked WHERE ";

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  OutboxDeadLetterStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** The oldest behind a number, 0 for all, in their order. */
  List<OutboxDeadLetter> list(long afterNumber, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(SELECT + "parked_number > ? ORDER BY parked_number LIMIT ?")
            .bind(0, afterNumber)
            .bind(1, most)
            .map((row, context) -> letter(row))
            .list());
  }

  /** The number of the newest; 0 where there is none. */
  long lastNumber() {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT COALESCE(MAX(parked_number), 0) FROM outbox_parked")
            .mapTo(Long.class)
            .one());
  }

  private static OutboxDeadLetter letter(ResultSet row) throws SQLException {
    try {
      return new OutboxDeadLetter(
          row.getLong("parked_number"),
          MySql.id(row.getBytes("conversation_id")),
          row.getString("reason"),
          row.getLong("parked_at"),
          MsgData.parseFrom(row.getBytes("message")));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("outbox_parked holds something that is no message", e);
    }
  }

  /**
   * Gives notifications back to their conversations, in the order of their numbers. The workers of
   * rpc-relation find them within a second.
   *
   * @param numbers at most {@link #MOST_AT_ONCE}
   * @return those that were there, in that order
   */
  List<OutboxDeadLetter> replay(Collection<Long> numbers) {
    if (numbers.size() > MOST_AT_ONCE) {
      throw new IllegalArgumentException("more than " + MOST_AT_ONCE + " at once");
    }
    return numbers.isEmpty()
        ? List.of()
        : Transactions.run(jdbi, handle -> replay(handle, List.copyOf(numbers)));
  }

  private static List<OutboxDeadLetter> replay(Handle handle, List<Long> numbers) {
    List<OutboxDeadLetter> letters =
        handle
            .createQuery(SELECT + "parked_number IN (<numbers>) ORDER BY parked_number FOR UPDATE")
            .bindList("numbers", numbers)
            .map((row, context) -> letter(row))
            .list();
    if (!letters.isEmpty()) {
      OutboxRows.append(
          handle, letters, OutboxDeadLetter::conversationId, OutboxDeadLetter::message);
      handle
          .createUpdate("DELETE FROM outbox_parked WHERE parked_number IN (<numbers>)")
          .bindList("numbers", letters.stream().map(OutboxDeadLetter::number).toList())
          .execute();
    }
    return letters;
  }
}
