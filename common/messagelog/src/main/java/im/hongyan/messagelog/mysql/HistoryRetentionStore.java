package im.hongyan.messagelog.mysql;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.drivers.mysql.Transactions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * What is to go out of history: how far the look at all conversations has come ({@code
 * history_sweep}), and of which conversations what is to be deleted ({@code history_purge}). Safe
 * for use by several threads and processes.
 */
public final class HistoryRetentionStore {
  private static final String SWEEP = "retention";

  /** Nothing young was met so far. */
  private static final int FIRST = 0;

  /** The last time: all but the newest goes. */
  private static final int LAST = 1;

  /** Ids of young messages stayed, so that it is done once more. */
  private static final int KEPT_SOME = 2;

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public HistoryRetentionStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * A turn of the sweep.
   *
   * @param after the last conversation that was looked at; empty before the first
   */
  public record Turn(String after) {}

  /**
   * A conversation of which something is to be deleted.
   *
   * @param next from which seq on
   * @param through to which one
   * @param young whether ids of young messages stay this time
   * @param tries how often it was put off
   * @param lease until when it is the claimer's, which no other claim has
   */
  public record Purge(
      String conversationId, long next, long through, boolean young, int tries, long lease) {
    /** The rest of it, behind a seq. */
    public Purge behind(long seq) {
      return new Purge(conversationId, seq + 1, through, young, tries, lease);
    }
  }

  /**
   * Takes the next turn of the sweep, where it is due and nobody has it.
   *
   * @param leaseMillis until when nobody else gets it
   */
  public Optional<Turn> takeTurn(long nowMillis, long leaseMillis) {
    jdbi.useHandle(handle ->
        handle.execute(
            "INSERT INTO history_sweep (name, conversation_id, due_at) VALUES (?, ?, 0)"
                + " ON DUPLICATE KEY UPDATE name = VALUES(name)",
            MySql.id(SWEEP),
            MySql.id("")));
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<Turn> turn =
              handle
                  .createQuery(
                      "SELECT conversation_id FROM history_sweep"
                          + " WHERE name = ? AND due_at <= ? FOR UPDATE SKIP LOCKED")
                  .bind(0, MySql.id(SWEEP))
                  .bind(1, nowMillis)
                  .map((row, _) -> new Turn(MySql.id(row.getBytes(1))))
                  .findOne();
          turn.ifPresent(_ ->
              handle.execute(
                  "UPDATE history_sweep SET due_at = ? WHERE name = ?",
                  leaseMillis,
                  MySql.id(SWEEP)));
          return turn;
        });
  }

  /**
   * Ends a turn; nothing where another process has it by now.
   *
   * @param after the last conversation that was looked at; empty where that were all
   */
  public void endTurn(long leaseMillis, String after, long dueMillis) {
    jdbi.useHandle(handle ->
        handle.execute(
            "UPDATE history_sweep SET conversation_id = ?, due_at = ?"
                + " WHERE name = ? AND due_at = ?",
            MySql.id(after),
            dueMillis,
            MySql.id(SWEEP),
            leaseMillis));
  }

  /**
   * The last of the messages with which a conversation begins and which were all sent by then; 0
   * for none, and where nothing of them is left to delete.
   *
   * @param most messages that are looked at
   */
  public long oldThrough(String conversationId, long sentMillis, int most) {
    byte[] id = MySql.id(conversationId);
    return jdbi.withHandle(handle -> {
      long through = 0;
      List<long[]> rows =
          handle
              .createQuery(
                  "SELECT seq, send_time FROM message WHERE conversation_id = ?"
                      + " ORDER BY seq LIMIT ?")
              .bind(0, id)
              .bind(1, most)
              .map((row, _) -> new long[] {row.getLong(1), row.getLong(2)})
              .list();
      for (long[] row : rows) {
        if (row[1] > sentMillis) {
          break;
        }
        through = row[0];
      }
      boolean newestAlone = rows.size() == 1 && through > 0;
      return newestAlone && PurgedRows.isPurged(handle, id, through) ? 0L : through;
    });
  }

  /**
   * Asks for deletions, beside what was asked for before.
   *
   * @param throughSeqs up to which seq, by conversation
   */
  public void ask(Map<String, Long> throughSeqs, long nowMillis) {
    List<Object[]> rows =
        new TreeMap<>(throughSeqs)
            .entrySet().stream()
                .map(each -> row(each.getKey(), each.getValue(), nowMillis))
                .toList();
    jdbi.useTransaction(handle ->
        insert(
            handle,
            rows,
            "next_seq = 0, through_seq = GREATEST(through_seq, VALUES(through_seq)),"
                + " stage = VALUES(stage), tries = 0, due_at = VALUES(due_at)"));
  }

  /** Asks for a deletion, unless one of that conversation is under way. */
  public void askUnlessAsked(String conversationId, long through, long nowMillis) {
    List<Object[]> rows = new ArrayList<>();
    rows.add(row(conversationId, through, nowMillis));
    jdbi.useTransaction(handle -> insert(handle, rows, "through_seq = through_seq"));
  }

  private static Object[] row(String conversationId, long through, long nowMillis) {
    return new Object[] {MySql.id(conversationId), 0L, through, FIRST, 0, nowMillis};
  }

  private static void insert(Handle handle, List<Object[]> rows, String onDuplicate) {
    Rows.insert(
        handle,
        "INSERT INTO history_purge"
            + " (conversation_id, next_seq, through_seq, stage, tries, due_at) VALUES",
        rows,
        "ON DUPLICATE KEY UPDATE " + onDuplicate);
  }

  /** Claims the deletion that is due first; what others claim at this moment is passed over. */
  public Optional<Purge> claim(long nowMillis, long leaseMillis) {
    return Transactions.run(
        jdbi,
        handle -> {
          Optional<Purge> purge =
              handle
                  .createQuery(
                      "SELECT conversation_id, next_seq, through_seq, stage, tries"
                          + " FROM history_purge WHERE due_at <= ?"
                          + " ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED")
                  .bind(0, nowMillis)
                  .map((row, _) ->
                      new Purge(
                          MySql.id(row.getBytes(1)),
                          row.getLong(2),
                          row.getLong(3),
                          row.getInt(4) != LAST,
                          row.getInt(5),
                          leaseMillis))
                  .findOne();
          purge.ifPresent(claimed ->
              handle.execute(
                  "UPDATE history_purge SET due_at = ? WHERE conversation_id = ?",
                  leaseMillis,
                  MySql.id(claimed.conversationId())));
          return purge;
        });
  }

  /** Puts a claimed deletion off; nothing where another process has it, or more was asked for. */
  public void putOff(Purge purge, long dueMillis) {
    jdbi.useHandle(handle ->
        handle.execute(
            "UPDATE history_purge SET tries = tries + 1, due_at = ?"
                + " WHERE conversation_id = ? AND due_at = ?",
            dueMillis,
            MySql.id(purge.conversationId()),
            purge.lease()));
  }

  /** The first seq that anybody may read of a conversation, as MySQL knows it; 0 for all. */
  public long firstReadable(String conversationId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT min_seq FROM conversation_min WHERE conversation_id = ?")
            .bind(0, MySql.id(conversationId))
            .mapTo(Long.class)
            .findOne()
            .orElse(0L));
  }

  /** The next seqs of a claimed deletion that are stored, ascending. */
  public List<Long> next(Purge purge, int most) {
    return jdbi.withHandle(handle -> PurgedRows.seqs(handle, purge, most));
  }

  /**
   * Deletes messages of a claimed deletion, and what was made of them, and goes on behind them. Of
   * the newest of the conversation, and at first of those that were sent after a time, ids, send
   * time and seq stay; the former so that no seq is given twice, the latter so that a message that
   * is sent once more gets its first ids.
   *
   * @param seqs what {@link #next} gave
   * @param keepIdsMillis messages sent later keep their ids
   * @return whether the claim still holds; else nothing was deleted
   */
  public boolean delete(Purge purge, List<Long> seqs, long keepIdsMillis) {
    byte[] id = MySql.id(purge.conversationId());
    return Transactions.run(
        jdbi,
        handle -> {
          boolean mine =
              handle.execute(
                      "UPDATE history_purge SET next_seq = ?"
                          + " WHERE conversation_id = ? AND due_at = ?",
                      seqs.getLast() + 1,
                      id,
                      purge.lease())
                  == 1;
          long keepIds = purge.young() ? keepIdsMillis : Long.MAX_VALUE;
          if (mine && PurgedRows.delete(handle, purge.conversationId(), seqs, keepIds)) {
            handle.execute(
                "UPDATE history_purge SET stage = ? WHERE conversation_id = ?", KEPT_SOME, id);
          }
          return mine;
        });
  }

  /** A claimed deletion has more to do, and anybody may go on. */
  public void goOn(Purge purge, long nowMillis) {
    jdbi.useHandle(handle ->
        handle.execute(
            "UPDATE history_purge SET due_at = ? WHERE conversation_id = ? AND due_at = ?",
            nowMillis,
            MySql.id(purge.conversationId()),
            purge.lease()));
  }

  /**
   * All of a claimed deletion is done.
   *
   * @param againMillis when ids of young messages go, where some stayed
   */
  public void done(Purge purge, long againMillis) {
    byte[] id = MySql.id(purge.conversationId());
    jdbi.useTransaction(handle -> {
      int again =
          handle.execute(
              "UPDATE history_purge SET stage = ?, next_seq = 0, tries = 0, due_at = ?"
                  + " WHERE conversation_id = ? AND due_at = ? AND stage = ?",
              LAST,
              againMillis,
              id,
              purge.lease(),
              KEPT_SOME);
      if (again == 0) {
        handle.execute(
            "DELETE FROM history_purge WHERE conversation_id = ? AND due_at = ?",
            id,
            purge.lease());
      }
    });
  }

  /**
   * When what waits longest was due; empty where there is nothing.
   *
   * @param sweeps whether the sweep counts, beside deletions
   */
  public OptionalLong oldest(boolean sweeps) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "(SELECT due_at FROM history_purge WHERE due_at >= 0 ORDER BY due_at LIMIT 1)"
                    + " UNION ALL (SELECT due_at FROM history_sweep WHERE name = ?)"
                    + " ORDER BY due_at LIMIT 1")
            .bind(0, MySql.id(sweeps ? SWEEP : ""))
            .mapTo(Long.class)
            .findOne()
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty()));
  }
}
