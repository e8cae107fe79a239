package im.hongyan.kit.rpc;

import com.google.common.util.concurrent.ListenableFuture;
import im.hongyan.kit.call.CallContext;
import im.hongyan.wire.error.ImException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How our services call each other: context in the metadata, a deadline, coded failures. */
public final class RpcChannels {
  /** Below the ten seconds that clients wait. */
  public static final Duration DEADLINE = Duration.ofSeconds(9);

  private RpcChannels() {}

  /** What every channel between our services is built with, whatever carries it. */
  public static List<ClientInterceptor> interceptors() {
    return List.of(context(), new OnReadyInterceptor());
  }

  /** Puts the current {@link CallContext} into each call. */
  private static ClientInterceptor context() {
    return new ClientInterceptor() {
      @Override
      public <A, B> ClientCall<A, B> interceptCall(
          MethodDescriptor<A, B> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
          @Override
          public void start(Listener<B> listener, Metadata headers) {
            CallContext.current().writeTo(headers);
            super.start(listener, headers);
          }
        };
      }
    };
  }

  /**
   * Makes a unary call and waits for it; for virtual threads.
   *
   * @throws ImException what the service answered, or 500 where it did not
   */
  public static <A, B> B call(Channel channel, MethodDescriptor<A, B> method, A request) {
    try {
      return ClientCalls.blockingUnaryCall(
          channel,
          method,
          CallOptions.DEFAULT.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS),
          request);
    } catch (StatusRuntimeException failure) {
      throw RpcErrors.fromStatus(failure, String.valueOf(method.getServiceName()));
    }
  }

  /**
   * Begins a unary call that nobody waits for on this thread; the limit ends it.
   *
   * @return fails with what gRPC says of it
   */
  public static <A, B> ListenableFuture<B> begin(
      Channel channel, MethodDescriptor<A, B> method, A request, Duration limit) {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    return ClientCalls.futureUnaryCall(channel.newCall(method, options), request);
  }

  /**
   * Makes a unary call on behalf of the service itself, under the trace id of the current call.
   *
   * @throws ImException what the service answered, or 500 where it did not
   */
  public static <A, B> B callAsService(Channel channel, MethodDescriptor<A, B> method, A request) {
    io.grpc.Context context = CallContext.service(CallContext.current().operationId()).toGrpc();
    io.grpc.Context previous = context.attach();
    try {
      return call(channel, method, request);
    } finally {
      context.detach(previous);
    }
  }
}
