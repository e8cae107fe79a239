package im.hongyan.kit.rpc;

import com.google.protobuf.Message;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Answers the calls of one unary method. Every call passes in this order: call context, limit,
 * argument checks, rights, handler, error mapping; it is counted and timed from the moment that its
 * request is here, so that refusals by checks and rights count as well; the limit counts its own.
 * Safe for use by several threads.
 */
final class UnaryCallHandler<A extends Message, B extends Message>
    implements ServerCallHandler<A, B> {
  private final MethodGuard guard;
  private final ConcurrencyLimit limit;
  private final MethodMeters meters;
  private final Handler<A, B> handler;

  UnaryCallHandler(
      MethodGuard guard, ConcurrencyLimit limit, MethodMeters meters, Handler<A, B> handler) {
    this.guard = guard;
    this.limit = limit;
    this.meters = meters;
    this.handler = handler;
  }

  @Override
  public ServerCall.Listener<A> startCall(ServerCall<A, B> call, Metadata headers) {
    CallContext context = MethodGuard.open(call, headers);
    if (context == null) {
      return new ServerCall.Listener<>() {};
    }
    if (!limit.enter()) {
      RpcErrors.close(call, ImError.TOO_MANY_REQUESTS.bare());
      return new ServerCall.Listener<>() {};
    }
    // One more than allowed, so that a second request is noticed.
    call.request(2);
    return new UnaryCall(call, context);
  }

  /** One call; gRPC calls it from one thread at a time. */
  private final class UnaryCall extends ServerCall.Listener<A> {
    private final ServerCall<A, B> call;
    private final CallContext context;
    private @Nullable A request;
    private boolean broken;

    UnaryCall(ServerCall<A, B> call, CallContext context) {
      this.call = call;
      this.context = context;
    }

    @Override
    public void onMessage(A message) {
      if (request != null) {
        breakOff("more than one request");
      }
      request = message;
    }

    @Override
    public void onHalfClose() {
      if (broken) {
        return;
      }
      A message = request;
      if (message == null) {
        breakOff("no request");
        return;
      }
      answer(message);
    }

    private void breakOff(String description) {
      if (!broken) {
        broken = true;
        call.close(Status.INTERNAL.withDescription(description), new Metadata());
      }
    }

    /** Counts before it sends, so that whoever has the answer finds it counted. */
    private void answer(A message) {
      long begin = System.nanoTime();
      Caller caller = guard.caller(context);
      Context mine = context.toGrpc(caller);
      Context previous = mine.attach();
      B response;
      try {
        guard.admit(caller, message);
        response = handler.handle(caller, message);
      } catch (RuntimeException failure) {
        ImException coded = RpcErrors.logged(failure);
        meters.record(coded.code(), System.nanoTime() - begin);
        RpcErrors.close(call, coded);
        return;
      } finally {
        mine.detach(previous);
      }
      meters.record(0, System.nanoTime() - begin);
      send(response);
    }

    private void send(B response) {
      call.sendHeaders(new Metadata());
      call.sendMessage(response);
      call.close(Status.OK, new Metadata());
    }

    @Override
    public void onComplete() {
      limit.leave();
    }

    @Override
    public void onCancel() {
      limit.leave();
    }
  }
}
