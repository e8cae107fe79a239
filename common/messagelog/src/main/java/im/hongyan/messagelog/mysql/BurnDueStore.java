package im.hongyan.messagelog.mysql;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;

/**
 * Deletions of messages that were read, which the history writer has put into {@code burn_due}, in
 * the order in which they are due. Safe for use by several threads and processes.
 */
public final class BurnDueStore {
  private final Jdbi jdbi;

  /**
   * A deletion.
   *
   * @param userId for whom; empty for everybody
   * @param seqs ascending, at most 500
   */
  public record Due(long id, String conversationId, String userId, List<Long> seqs) {}

  /** Creates a store over the pool. */
  public BurnDueStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Claims what is due; what others claim at this moment is passed over.
   *
   * @param leaseMillis until when nobody else gets it
   */
  public List<Due> claim(long nowMillis, long leaseMillis, int most) {
    return Transactions.run(
        jdbi,
        handle -> {
          List<Due> due =
              handle
                  .createQuery(
                      "SELECT id, conversation_id, user_id, seqs FROM burn_due WHERE due_at <= ?"
                          + " ORDER BY due_at LIMIT ? FOR UPDATE SKIP LOCKED")
                  .bind(0, nowMillis)
                  .bind(1, most)
                  .map((row, _) ->
                      new Due(
                          row.getLong(1),
                          MySql.id(row.getBytes(2)),
                          MySql.id(row.getBytes(3)),
                          seqs(row.getBytes(4))))
                  .list();
          if (!due.isEmpty()) {
            handle
                .createUpdate("UPDATE burn_due SET due_at = :lease WHERE id IN (<ids>)")
                .bind("lease", leaseMillis)
                .bindList("ids", due.stream().map(Due::id).toList())
                .execute();
          }
          return due;
        });
  }

  private static List<Long> seqs(byte[] listed) {
    try {
      return List.copyOf(Deletion.parseFrom(listed).getSeqsList());
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("burn_due is damaged", e);
    }
  }

  /** It is done; done again it changes nothing. */
  public void done(long id) {
    jdbi.useHandle(handle -> handle.execute("DELETE FROM burn_due WHERE id = ?", id));
  }

  /** When what waits longest was due; empty where there is nothing. */
  public OptionalLong oldest() {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT due_at FROM burn_due WHERE due_at >= 0 ORDER BY due_at LIMIT 1")
            .mapTo(Long.class)
            .findOne()
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty()));
  }
}
