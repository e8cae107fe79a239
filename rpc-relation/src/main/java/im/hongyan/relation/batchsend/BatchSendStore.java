package im.hongyan.relation.batchsend;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.rest.BatchSendState;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * The table {@code batch_send} with its receivers and failures. No lock is held while something is
 * sent. Safe for use by several threads and processes.
 */
public final class BatchSendStore {
  /** Failures that are kept of a job. */
  static final int MOST_FAILURES = 1_000;

  private static final int RUNNING = 0;
  private static final int DONE = 1;
  private static final int CANCELLED = 2;

  private final Jdbi jdbi;
  private final AllUsersByNumber all;

  /** What waits: receivers of all jobs, and the oldest job's begin; 0 where there is none. */
  record Backlog(long receivers, long oldestMillis) {}

  /** Creates a store over the pool. */
  public BatchSendStore(MySql mysql, AllUsersByNumber all) {
    jdbi = mysql.jdbi();
    this.all = all;
  }

  /**
   * Writes a job down.
   *
   * @param receivers nobody for all users
   * @param mostOpen jobs that may run
   * @return false when so many run
   */
  boolean add(
      String jobId,
      String operationId,
      MsgData message,
      List<UserId> receivers,
      int mostOpen,
      long nowMillis) {
    boolean toAll = receivers.isEmpty();
    long total = toAll ? all.total() : receivers.size();
    return Transactions.run(
        jdbi,
        handle -> {
          if (running(handle) >= mostOpen) {
            return false;
          }
          List<Object[]> rows = new ArrayList<>();
          for (int i = 0; i < receivers.size(); i++) {
            rows.add(new Object[] {MySql.id(jobId), (long) i + 1, receivers.get(i)});
          }
          Rows.insert(
              handle, "INSERT INTO batch_send_receiver (job_id, number, user_id) VALUES", rows, "");
          handle.execute(
              "INSERT INTO batch_send (job_id, state, to_all, operation_id, message, total,"
                  + " done_to, failed, attempts, claim, created_at, due_at, ended_at)"
                  + " VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?, ?, ?)",
              MySql.id(jobId),
              total == 0 ? DONE : RUNNING,
              toAll,
              MySql.id(operationId),
              message.toByteArray(),
              total,
              nowMillis,
              nowMillis,
              total == 0 ? nowMillis : 0);
          return true;
        });
  }

  private static long running(Handle handle) {
    return handle
        .createQuery("SELECT COUNT(*) FROM batch_send WHERE state = ?")
        .bind(0, RUNNING)
        .mapTo(Long.class)
        .one();
  }

  /**
   * Claims the job that has waited longest, for as long as the lease.
   *
   * @param most receivers of a step
   */
  Optional<BatchStep> take(int most, long nowMillis, long leaseMillis) {
    Optional<Claimed> claimed =
        Transactions.run(jdbi, handle -> claim(handle, nowMillis, nowMillis + leaseMillis));
    return claimed.map(job -> {
      BatchStep step = job.step();
      List<UserId> receivers =
          job.toAll()
              ? all.after(step.doneTo(), (int) Math.min(most, step.total() - step.doneTo()))
              : receivers(step, most);
      return new BatchStep(
          step.jobId(),
          step.claim(),
          step.operationId(),
          step.message(),
          step.doneTo(),
          step.total(),
          step.failed(),
          step.attempts(),
          receivers);
    });
  }

  private record Claimed(BatchStep step, boolean toAll) {}

  private static Optional<Claimed> claim(Handle handle, long nowMillis, long dueMillis) {
    Optional<Claimed> due =
        handle
            .createQuery(
                "SELECT job_id, claim, operation_id, message, done_to, total, failed, attempts,"
                    + " to_all FROM batch_send WHERE state = ? AND due_at <= ?"
                    + " ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED")
            .bind(0, RUNNING)
            .bind(1, nowMillis)
            .map((row, context) ->
                new Claimed(
                    new BatchStep(
                        MySql.id(row.getBytes(1)),
                        row.getLong(2) + 1,
                        MySql.id(row.getBytes(3)),
                        message(row.getBytes(4)),
                        row.getLong(5),
                        row.getLong(6),
                        row.getLong(7),
                        row.getInt(8),
                        List.of()),
                    row.getBoolean(9)))
            .findOne();
    due.ifPresent(job ->
        handle.execute(
            "UPDATE batch_send SET due_at = ?, claim = claim + 1 WHERE job_id = ?",
            dueMillis,
            MySql.id(job.step().jobId())));
    return due;
  }

  private static MsgData message(byte[] bytes) {
    try {
      return MsgData.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a batch holds something that is no message", e);
    }
  }

  private List<UserId> receivers(BatchStep step, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT user_id FROM batch_send_receiver WHERE job_id = ? AND number > ?"
                    + " ORDER BY number LIMIT ?")
            .bind(0, MySql.id(step.jobId()))
            .bind(1, step.doneTo())
            .bind(2, most)
            .mapTo(UserId.class)
            .list());
  }

  /**
   * Writes down how far a step came; a job whose last receiver had its turn has ended. Does nothing
   * where another process has claimed the job since, which sends the same again to the same effect.
   */
  void finish(BatchStep step, BatchStep.Result result, long nowMillis) {
    boolean last = result.doneTo() >= step.total();
    boolean _ =
        Transactions.run(
            jdbi,
            handle -> {
              int mine =
                  handle.execute(
                      "UPDATE batch_send SET done_to = ?, failed = failed + ?, attempts = ?,"
                          + " due_at = ?,"
                          + " ended_at = CASE WHEN state = 0 THEN ? ELSE ended_at END,"
                          + " state = CASE WHEN state = 0 THEN ? ELSE state END"
                          + " WHERE job_id = ? AND claim = ?",
                      result.doneTo(),
                      result.refused().size(),
                      result.attempts(),
                      result.dueAtMillis(),
                      last ? nowMillis : 0,
                      last ? DONE : RUNNING,
                      MySql.id(step.jobId()),
                      step.claim());
              if (mine > 0) {
                keepFailures(handle, step, result.refused());
              }
              return mine > 0;
            });
  }

  private static void keepFailures(Handle handle, BatchStep step, List<BatchStep.Refused> refused) {
    List<Object[]> rows =
        refused.stream()
            .limit(Math.max(0, MOST_FAILURES - step.failed()))
            .map(each ->
                new Object[] {MySql.id(step.jobId()), each.number(), each.userId(), each.code()})
            .toList();
    Rows.insert(
        handle,
        "INSERT INTO batch_send_failure (job_id, number, user_id, error_code) VALUES",
        rows,
        "ON DUPLICATE KEY UPDATE error_code = VALUES(error_code)");
  }

  /** How far a job has come, if it is known. */
  Optional<BatchSendState> find(String jobId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT state, total, done_to, failed, message, created_at, ended_at"
                    + " FROM batch_send WHERE job_id = ?")
            .bind(0, MySql.id(jobId))
            .map((row, context) ->
                BatchSendState.newBuilder()
                    .setJobID(jobId)
                    .setState(name(row.getInt(1)))
                    .setTotal(row.getLong(2))
                    .setDone(row.getLong(3))
                    .setSent(row.getLong(3) - row.getLong(4))
                    .setFailed(row.getLong(4))
                    .setClientMsgID(message(row.getBytes(5)).getClientMsgID())
                    .setCreateTime(row.getLong(6))
                    .setEndTime(row.getLong(7))
                    .addAllFailedUserIDs(failures(handle, jobId))
                    .build())
            .findOne());
  }

  private static String name(int state) {
    return switch (state) {
      case RUNNING -> "running";
      case DONE -> "done";
      default -> "cancelled";
    };
  }

  private static List<String> failures(Handle handle, String jobId) {
    return handle
        .createQuery(
            "SELECT user_id FROM batch_send_failure WHERE job_id = ? ORDER BY number LIMIT ?")
        .bind(0, MySql.id(jobId))
        .bind(1, MOST_FAILURES)
        .mapTo(UserId.class)
        .map(UserId::value)
        .list();
  }

  /** Ends a job before its time; a step that is under way comes to its end. */
  void cancel(String jobId, long nowMillis) {
    jdbi.useHandle(handle ->
        handle.execute(
            "UPDATE batch_send SET state = ?, ended_at = ? WHERE job_id = ? AND state = ?",
            CANCELLED,
            nowMillis,
            MySql.id(jobId),
            RUNNING));
  }

  /** What waits. */
  Backlog backlog() {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT COALESCE(SUM(total - done_to), 0), COALESCE(MIN(created_at), 0)"
                    + " FROM batch_send WHERE state = ?")
            .bind(0, RUNNING)
            .map((row, context) -> new Backlog(row.getLong(1), row.getLong(2)))
            .one());
  }

  /**
   * Forgets some jobs that have ended.
   *
   * @return whether there may be more
   */
  boolean forget(long endedBeforeMillis, int most) {
    List<String> ended = new ArrayList<>();
    for (int state : List.of(DONE, CANCELLED)) {
      ended.addAll(ended(state, endedBeforeMillis, most));
    }
    for (String jobId : ended) {
      for (String table : List.of("batch_send_receiver", "batch_send_failure", "batch_send")) {
        jdbi.useHandle(handle ->
            handle.execute("DELETE FROM " + table + " WHERE job_id = ?", MySql.id(jobId)));
      }
    }
    return ended.size() >= most;
  }

  private List<String> ended(int state, long beforeMillis, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT job_id FROM batch_send WHERE state = ? AND ended_at < ? LIMIT ?")
            .bind(0, state)
            .bind(1, beforeMillis)
            .bind(2, most)
            .map((row, context) -> MySql.id(row.getBytes(1)))
            .list());
  }
}
