package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbered messages that the table of messages refuses for good, kept raw in {@code message_parked}
 * (docs/sequencing.md, Dead letters): a seq that was given must stay readable. Stateless.
 */
final class DeadLetterRows {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterRows.class);

  private DeadLetterRows() {}

  /**
   * Writes rows by one statement; where it is refused for good, one by one, with those that are
   * refused handed over. A statement that is refused writes nothing, and its transaction goes on.
   */
  static <T> void write(
      List<T> rows,
      Consumer<List<T>> statement,
      BiConsumer<T, UnableToExecuteStatementException> refused) {
    try {
      statement.accept(rows);
    } catch (UnableToExecuteStatementException e) {
      if (!refusedForGood(e)) {
        throw e;
      }
      if (rows.size() == 1) {
        refused.accept(rows.getFirst(), e);
      } else {
        rows.forEach(row -> write(List.of(row), statement, refused));
      }
    }
  }

  /** Whether a statement was refused because of what it carries, now and at every other time. */
  static boolean refusedForGood(UnableToExecuteStatementException failure) {
    if (failure.getCause() instanceof SQLException refusal && refusal.getSQLState() != null) {
      String kind = refusal.getSQLState().substring(0, 2);
      // Data exceptions, and constraints that the data breaks.
      return kind.equals("22") || kind.equals("23");
    }
    return false;
  }

  /** Keeps a row; keeping it again changes nothing. */
  static void keep(Handle handle, Row row, UnableToExecuteStatementException failure) {
    LOG.error(
        "message {} of {} is refused by MySQL and kept as a dead letter: {}",
        row.seq(),
        row.conversationId(),
        String.valueOf(failure.getCause()));
    handle.execute(
        "INSERT INTO message_parked (id_hash, seq, conversation_id, send_id, client_msg_id,"
            + " send_time, body, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            + " ON DUPLICATE KEY UPDATE seq = VALUES(seq)",
        hash(row.conversationId()),
        row.seq(),
        MySql.id(row.conversationId()),
        MySql.id(row.sendId()),
        MySql.id(row.clientMsgId()),
        row.sendTimeMillis(),
        row.body(),
        String.valueOf(failure.getCause()).getBytes(StandardCharsets.UTF_8));
  }

  /** The bodies among these seqs. */
  static Map<Long, byte[]> find(Handle handle, String conversationId, Collection<Long> seqs) {
    Map<Long, byte[]> found = new HashMap<>();
    handle
        .createQuery("SELECT seq, body FROM message_parked WHERE id_hash = :id AND seq IN (<seqs>)")
        .bind("id", hash(conversationId))
        .bindList("seqs", List.copyOf(seqs))
        .map((row, context) -> found.put(row.getLong(1), row.getBytes(2)))
        .forEach(ignored -> {});
    return found;
  }

  /** By what a conversation's rows are found, since its id may be what is refused. */
  static byte[] hash(String conversationId) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(MySql.id(conversationId));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
