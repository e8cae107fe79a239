package im.hongyan.msg.send;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts sends by the names of existing dashboards (errors-config-ops.md 7). */
final class SendMeters {
  private final Counter singleSuccess;
  private final Counter singleFailed;
  private final Counter groupSuccess;
  private final Counter groupFailed;

  SendMeters(MeterRegistry meters) {
    singleSuccess = meters.counter("single_chat_msg_process_success");
    singleFailed = meters.counter("single_chat_msg_process_failed");
    groupSuccess = meters.counter("group_chat_msg_process_success");
    groupFailed = meters.counter("group_chat_msg_process_failed");
  }

  /** Counts a send; all but those to groups count as single. */
  void count(boolean group, boolean success) {
    Counter counter =
        group ? (success ? groupSuccess : groupFailed) : (success ? singleSuccess : singleFailed);
    counter.increment();
  }
}
