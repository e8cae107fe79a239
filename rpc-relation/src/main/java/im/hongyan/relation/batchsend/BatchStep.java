package im.hongyan.relation.batchsend;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.UserId;
import java.util.List;

/**
 * What a process has claimed of a job: its next receivers.
 *
 * @param claim a step that another process has claimed since has another one
 * @param doneTo number of the receiver before the first
 * @param total number of the job's last receiver
 * @param failed receivers that were refused by then
 * @param attempts steps in a row that came no further
 */
record BatchStep(
    String jobId,
    long claim,
    String operationId,
    MsgData message,
    long doneTo,
    long total,
    long failed,
    int attempts,
    List<UserId> receivers) {
  /** Copies the list. */
  BatchStep {
    receivers = List.copyOf(receivers);
  }

  /** A receiver for whom the message was refused. */
  record Refused(long number, UserId userId, int code) {}

  /**
   * What became of a step.
   *
   * @param doneTo number of the last receiver that had its turn, and all before it
   * @param attempts steps in a row that came no further
   * @param dueAtMillis when the next step may begin
   */
  record Result(long doneTo, List<Refused> refused, int attempts, long dueAtMillis) {
    /** Copies the list. */
    Result {
      refused = List.copyOf(refused);
    }
  }
}
