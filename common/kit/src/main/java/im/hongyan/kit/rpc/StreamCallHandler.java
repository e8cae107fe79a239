package im.hongyan.kit.rpc;

import com.google.protobuf.Message;
import im.hongyan.kit.call.CallContext;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImException;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

/**
 * Stands before the hand-written handler of one streaming method: call context, and argument checks
 * and rights for each message. Streams bound what they take themselves, so no limit counts them,
 * and they last as long as both processes, so they are counted but not timed. Safe for use by
 * several threads.
 */
final class StreamCallHandler<A, B> implements ServerCallHandler<A, B> {
  private final MethodGuard guard;
  private final MethodMeters meters;
  private final ServerCallHandler<A, B> handler;

  StreamCallHandler(MethodGuard guard, MethodMeters meters, ServerCallHandler<A, B> handler) {
    this.guard = guard;
    this.meters = meters;
    this.handler = handler;
  }

  @Override
  public ServerCall.Listener<A> startCall(ServerCall<A, B> call, Metadata headers) {
    CallContext context = MethodGuard.open(call, headers);
    if (context == null) {
      return new ServerCall.Listener<>() {};
    }
    Caller caller = guard.caller(context);
    ServerCall<A, B> counted = counted(call);
    return Contexts.interceptCall(
        context.toGrpc(caller),
        counted,
        headers,
        (stream, also) -> admitting(caller, stream, handler.startCall(stream, also)));
  }

  private ServerCall<A, B> counted(ServerCall<A, B> call) {
    return new SimpleForwardingServerCall<>(call) {
      @Override
      public void close(Status status, Metadata trailers) {
        meters.count(
            status.isOk()
                ? 0
                : RpcErrors.fromStatus(status.asRuntimeException(trailers), "").code());
        super.close(status, trailers);
      }
    };
  }

  private ServerCall.Listener<A> admitting(
      Caller caller, ServerCall<A, B> call, ServerCall.Listener<A> next) {
    return new SimpleForwardingServerCallListener<>(next) {
      private boolean refused;

      @Override
      public void onMessage(A message) {
        if (refused) {
          return;
        }
        try {
          guard.admit(caller, (Message) message);
        } catch (ImException refusal) {
          refused = true;
          RpcErrors.close(call, refusal);
          return;
        }
        super.onMessage(message);
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }
}
