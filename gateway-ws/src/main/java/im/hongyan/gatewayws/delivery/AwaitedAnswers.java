package im.hongyan.gatewayws.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.delivery.AnsweredCalls;
import im.hongyan.proto.delivery.AnsweredCallsTaken;
import im.hongyan.proto.delivery.AnswersGrpc;
import im.hongyan.wire.authz.Caller;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Answers of REST calls that pushes to their callers come behind, since SDKs count a change twice
 * whose notification comes before the answer of their own call. gateway-http reports the answers;
 * those of the last seconds are remembered for pushes that come later. A report that is lost, or
 * forgotten among too many, costs its pushes the longest wait. Safe for use by several threads.
 */
public final class AwaitedAnswers implements Feature {
  /** Calls that are awaited or remembered at once. */
  private static final int MOST = 16_384;

  private static final Duration REMEMBERED = Duration.ofSeconds(5);

  private final Cache<String, CompletableFuture<Boolean>> calls;
  private final Duration longest;
  private final GatewayMeters meters;

  /**
   * Awaits nothing yet.
   *
   * @param longest that a push waits
   */
  public AwaitedAnswers(Duration longest, GatewayMeters meters) {
    calls =
        Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(REMEMBERED.plus(longest)).build();
    this.longest = longest;
    this.meters = meters;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(AnswersGrpc.getReportMethod(), this::report);
  }

  private AnsweredCallsTaken report(Caller caller, AnsweredCalls answered) {
    answered.getCallIdsList().forEach(id -> answer(id).complete(true));
    return AnsweredCallsTaken.getDefaultInstance();
  }

  private CompletableFuture<Boolean> answer(String callId) {
    return calls.get(callId, _ -> new CompletableFuture<>());
  }

  /**
   * Done once a call is answered, with true, or when a push must not wait longer, with false; each
   * push that waits has a time of its own.
   */
  CompletableFuture<Boolean> await(String callId) {
    CompletableFuture<Boolean> answer = answer(callId);
    if (answer.isDone()) {
      return answer;
    }
    CompletableFuture<Boolean> wait =
        answer.copy().completeOnTimeout(false, longest.toMillis(), TimeUnit.MILLISECONDS);
    return wait.whenComplete((answered, _) -> meters.awaited(answered));
  }
}
