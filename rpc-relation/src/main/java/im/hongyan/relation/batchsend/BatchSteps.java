package im.hongyan.relation.batchsend;

import im.hongyan.kit.rpc.ParallelCalls.CallResult;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.batchsend.BatchStep.Refused;
import im.hongyan.relation.batchsend.BatchStep.Result;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Single steps of jobs: the job that has waited longest gets the next one, so that a large one
 * holds up no other. A step is claimed by a lease, and goes to another process when its own has
 * died. What was sent by then is sent again with the same client id, so that it is a resend and
 * nobody gets it twice. Used by one thread.
 *
 * <p>A receiver whom rpc-msg refuses has failed. What rpc-msg cannot take now is tried again, ever
 * more seldom, before the job goes on; who has failed so for a quarter of an hour is passed over,
 * and after some seconds where those beside him were served.
 */
final class BatchSteps {
  /** After which the step of a process that has died goes to another. */
  static final Duration LEASE = Duration.ofSeconds(20);

  /** Receivers of a step. */
  static final int RECEIVERS = 200;

  /** Tries of a receiver whom rpc-msg cannot take. */
  static final int MOST_ATTEMPTS = 20;

  /** The same where it takes others. */
  static final int MOST_ATTEMPTS_BESIDE_OTHERS = 5;

  private static final Logger LOG = LoggerFactory.getLogger(BatchSteps.class);

  /** Together with the calls of one round it stays below the lease. */
  private static final Duration STEP_LIMIT = Duration.ofSeconds(5);

  private static final int MOST_AT_ONCE = 16;
  private static final int ROUNDS_A_SECOND = 10;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final BatchSendStore store;
  private final BatchSender sender;
  private final InstantSource clock;
  private final int atOnce;
  private final long nanosEach;
  private final Counter sent;
  private final Counter failed;
  private long nextNanos = System.nanoTime();

  /**
   * Creates the steps of one process.
   *
   * @param perSecond messages a second that it sends at most
   */
  BatchSteps(
      BatchSendStore store,
      BatchSender sender,
      InstantSource clock,
      int perSecond,
      MeterRegistry meters) {
    this.store = store;
    this.sender = sender;
    this.clock = clock;
    atOnce = Math.clamp(perSecond / ROUNDS_A_SECOND, 1, MOST_AT_ONCE);
    nanosEach = Duration.ofSeconds(1).toNanos() / perSecond;
    sent = meters.counter("batch_send_sent");
    failed = meters.counter("batch_send_failed");
  }

  /**
   * Makes the next step of some job.
   *
   * @return whether there was one
   */
  boolean next() throws InterruptedException {
    Optional<BatchStep> next = store.take(RECEIVERS, clock.millis(), LEASE.toMillis());
    if (next.isPresent()) {
      Result result = send(next.get());
      store.finish(next.get(), result, clock.millis());
    }
    return next.isPresent();
  }

  private Result send(BatchStep step) throws InterruptedException {
    long end = System.nanoTime() + STEP_LIMIT.toNanos();
    List<Refused> refused = new ArrayList<>();
    List<UserId> receivers = step.receivers();
    int done = 0;
    while (done < receivers.size() && System.nanoTime() - end < 0) {
      List<UserId> some = receivers.subList(done, Math.min(done + atOnce, receivers.size()));
      pace(some.size());
      List<CallResult<SendMsgResp>> outcomes =
          sender.send(step.operationId(), messages(step, some));
      boolean takesSome = !outcomes.stream().allMatch(BatchSteps::mayPass);
      for (int i = 0; i < some.size(); i++) {
        long number = step.doneTo() + done + i + 1;
        ImException failure = outcomes.get(i).failure();
        if (failure != null && mayPass(outcomes.get(i)) && !isGivenUp(step, number, takesSome)) {
          return waiting(step, done + i, refused, failure);
        }
        if (failure == null) {
          sent.increment();
        } else {
          failed.increment();
          refused.add(new Refused(number, some.get(i), failure.code()));
        }
      }
      done += some.size();
    }
    // Where the list ends before the total, those behind it are no users.
    long doneTo = receivers.isEmpty() ? step.total() : step.doneTo() + done;
    return new Result(doneTo, refused, 0, clock.millis());
  }

  private static List<MsgData> messages(BatchStep step, List<UserId> receivers) {
    return receivers.stream()
        .map(receiver -> step.message().toBuilder().setRecvID(receiver.value()).build())
        .toList();
  }

  /** Waits until so many may be sent; what it did not use is not made up for. */
  private void pace(int messages) throws InterruptedException {
    long now = System.nanoTime();
    long begin = nextNanos - now > 0 ? nextNanos : now;
    nextNanos = begin + messages * nanosEach;
    if (begin - now > 0) {
      Thread.sleep(Duration.ofNanos(begin - now));
    }
  }

  private static boolean mayPass(CallResult<SendMsgResp> outcome) {
    ImException failure = outcome.failure();
    return failure != null
        && (failure.is(ImError.INTERNAL) || failure.is(ImError.TOO_MANY_REQUESTS));
  }

  /** The first of a step that has been tried often enough. */
  private static boolean isGivenUp(BatchStep step, long number, boolean takesSome) {
    int most = takesSome ? MOST_ATTEMPTS_BESIDE_OTHERS : MOST_ATTEMPTS;
    return number == step.doneTo() + 1 && step.attempts() >= most;
  }

  private Result waiting(BatchStep step, int done, List<Refused> refused, ImException failure) {
    int attempts = done > 0 ? 1 : step.attempts() + 1;
    if (attempts == 1) {
      LOG.warn("batch {} waits: {}", step.jobId(), failure.detail());
    }
    long pause =
        Math.min(FIRST_PAUSE.toMillis() << Math.min(attempts, Byte.SIZE), LONGEST_PAUSE.toMillis());
    return new Result(step.doneTo() + done, refused, attempts, clock.millis() + pause);
  }
}
