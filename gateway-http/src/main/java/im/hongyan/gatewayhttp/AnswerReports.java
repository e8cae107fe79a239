package im.hongyan.gatewayhttp;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.limit.Batcher;
import im.hongyan.kit.logging.RareLog;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.delivery.AnsweredCalls;
import im.hongyan.proto.delivery.AnsweredCallsTaken;
import im.hongyan.proto.delivery.AnswersGrpc;
import io.grpc.Channel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to every WebSocket gateway which calls have their answer, so that pushes which wait for
 * it go out. Nobody waits for a report, and none is tried again: one that is lost costs its pushes
 * the longest wait. A gateway that does not answer holds up no other. One virtual thread sends what
 * has gathered; safe for use by several threads. Its creator closes it.
 */
final class AnswerReports implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AnswerReports.class);
  private static final RareLog LOST = new RareLog();

  /** Answers that wait to be reported. */
  private static final int MOST_WAITING = 10_000;

  /** As many as a gateway takes. */
  private static final int MOST_AT_ONCE = 1_000;

  /** Reports of one gateway that are under way. */
  private static final int MOST_UNDER_WAY = 16;

  private static final Duration DEADLINE = Duration.ofSeconds(1);

  private final ServiceLocator locator;
  private final Counter lost;
  private final Batcher<String> answers;
  private final Map<String, Integer> underWay = new ConcurrentHashMap<>();
  private final String prefix = UUID.randomUUID().toString();
  private final AtomicLong calls = new AtomicLong();

  private final class Reporting implements Batcher.Handler<String> {
    @Override
    public void handle(List<String> callIds) {
      AnsweredCalls answered = AnsweredCalls.newBuilder().addAllCallIds(callIds).build();
      CallContext.service("answers")
          .call(() -> {
            locator.nodes(ServiceName.GATEWAY_WS).forEach((node, to) -> report(node, to, answered));
            return answered;
          });
    }

    @Override
    public void failed(List<String> callIds, RuntimeException failure) {
      lost(callIds.size(), "all gateways", failure);
    }

    @Override
    public void closed(List<String> rest) {
      // Their pushes do not wait for long.
    }
  }

  /** Begins to work, with the counter {@code http_answer_reports_lost}. */
  AnswerReports(ServiceLocator locator, MeterRegistry meters) {
    this.locator = locator;
    lost = meters.counter("http_answer_reports_lost");
    answers = new Batcher<>("answers", MOST_WAITING, MOST_AT_ONCE, new Reporting()).start();
  }

  /** A name for a call that no other call of any process has. */
  String newCallId() {
    return prefix + "-" + calls.incrementAndGet();
  }

  /** Reports that a call has its answer; never blocks. */
  void answered(String callId) {
    if (!answers.offer(callId)) {
      lost.increment();
    }
  }

  private void report(String node, Channel gateway, AnsweredCalls answered) {
    if (underWay.merge(node, 1, Integer::sum) > MOST_UNDER_WAY) {
      ended(node);
      lost.increment(answered.getCallIdsCount());
      return;
    }
    FutureCallback<AnsweredCallsTaken> end =
        new FutureCallback<>() {
          @Override
          public void onSuccess(@Nullable AnsweredCallsTaken taken) {
            ended(node);
          }

          @Override
          public void onFailure(Throwable failure) {
            ended(node);
            lost(answered.getCallIdsCount(), node, failure);
          }
        };
    Futures.addCallback(
        RpcChannels.begin(gateway, AnswersGrpc.getReportMethod(), answered, DEADLINE),
        end,
        Runnable::run);
  }

  private void ended(String node) {
    underWay.computeIfPresent(node, (_, open) -> open == 1 ? null : open - 1);
  }

  private void lost(int reports, String node, Throwable why) {
    lost.increment(reports);
    if (LOST.due(System.nanoTime())) {
      LOG.warn("gateway-ws {} did not take which calls are answered: {}", node, why.toString());
    }
  }

  /** Whether what is answered is reported. */
  boolean isRunning() {
    return answers.isRunning();
  }

  @Override
  public void close() {
    answers.close();
  }
}
