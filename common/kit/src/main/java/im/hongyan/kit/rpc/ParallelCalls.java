package im.hongyan.kit.rpc;

import com.google.common.util.concurrent.ListenableFuture;
import im.hongyan.wire.error.ImException;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Several unary calls at once; for virtual threads. Stateless and safe for use by several. */
public final class ParallelCalls {
  private ParallelCalls() {}

  /**
   * What became of one call.
   *
   * @param answer null where it failed
   * @param failure null where it was answered; 500 where nobody answered in time
   */
  public record CallResult<B>(@Nullable B answer, @Nullable ImException failure) {}

  /**
   * Begins all calls within the current context and waits for all of them, no longer than {@link
   * RpcChannels#DEADLINE}. Callers bound their number.
   *
   * @return an outcome for each request, in their order
   * @throws InterruptedException when the thread is interrupted; calls that go on are cancelled
   */
  public static <A, B> List<CallResult<B>> call(
      Channel channel, MethodDescriptor<A, B> method, List<A> requests)
      throws InterruptedException {
    List<ListenableFuture<B>> calls = new ArrayList<>();
    try {
      for (A request : requests) {
        calls.add(RpcChannels.begin(channel, method, request, RpcChannels.DEADLINE));
      }
      List<CallResult<B>> outcomes = new ArrayList<>();
      for (ListenableFuture<B> call : calls) {
        outcomes.add(outcome(call, method));
      }
      return outcomes;
    } finally {
      calls.forEach(call -> call.cancel(true));
    }
  }

  private static <B> CallResult<B> outcome(ListenableFuture<B> call, MethodDescriptor<?, B> method)
      throws InterruptedException {
    try {
      return new CallResult<>(call.get(), null);
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      return new CallResult<>(
          null,
          cause instanceof StatusRuntimeException status
              ? RpcErrors.fromStatus(status, String.valueOf(method.getServiceName()))
              : RpcErrors.coded(cause == null ? failed : cause));
    }
  }
}
