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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the calls of one unary method. Every call passes in this order: call context, limit,
 * argument checks, rights, handler, error mapping; it is counted and timed from the moment that its
 * request is here, so that refusals by checks and rights count as well; the limit counts its own. A
 * call whose handler waits for an event ({@link Reply.After}) leaves the limit until then. Safe for
 * use by several threads.
 */
final class UnaryCallHandler<A extends Message, B extends Message>
    implements ServerCallHandler<A, B> {
  private final MethodGuard guard;
  private final ConcurrencyLimit limit;
  private final MethodMeters meters;
  private final ReplyHandler<A, B> handler;

  UnaryCallHandler(
      MethodGuard guard, ConcurrencyLimit limit, MethodMeters meters, ReplyHandler<A, B> handler) {
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

  /** One call; gRPC calls it from one thread at a time, and so does what answers after an event. */
  private final class UnaryCall extends ServerCall.Listener<A> {
    private final ServerCall<A, B> call;
    private final CallContext context;
    private @Nullable A request;
    private boolean broken;

    /** Whether the call has its place under the limit. */
    private final AtomicBoolean counted = new AtomicBoolean(true);

    private volatile boolean over;

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

    private void answer(A message) {
      long begin = System.nanoTime();
      Caller caller = guard.caller(context);
      Context mine = context.toGrpc(caller);
      Reply<B> reply =
          attempt(
              mine,
              begin,
              () -> {
                guard.admit(caller, message);
                return handler.handle(caller, message);
              });
      switch (reply) {
        case null -> {}
        case Reply.Now<B>(B response) -> succeed(response, begin);
        case Reply.After<B>(CompletionStage<?> event, Supplier<B> response) -> {
          leave();
          event.whenComplete(
              (_, _) -> Thread.startVirtualThread(() -> resume(mine, begin, response)));
        }
      }
    }

    /** Answers after the event, with a place under the limit again. */
    private void resume(Context mine, long begin, Supplier<B> response) {
      if (!enter()) {
        fail(ImError.TOO_MANY_REQUESTS.bare(), begin);
        return;
      }
      B answer = over ? null : attempt(mine, begin, response);
      if (answer != null) {
        succeed(answer, begin);
      }
    }

    /** Does something within the context of the call; null where it failed, which is answered. */
    private <T> @Nullable T attempt(Context mine, long begin, Supplier<T> step) {
      Context previous = mine.attach();
      try {
        return step.get();
      } catch (RuntimeException failure) {
        fail(RpcErrors.logged(failure), begin);
        return null;
      } finally {
        mine.detach(previous);
      }
    }

    private void fail(ImException coded, long begin) {
      meters.record(coded.code(), System.nanoTime() - begin);
      RpcErrors.close(call, coded);
    }

    /** Counts before it sends, so that whoever has the answer finds it counted. */
    private void succeed(B response, long begin) {
      meters.record(0, System.nanoTime() - begin);
      send(response);
    }

    private void send(B response) {
      call.sendHeaders(new Metadata());
      call.sendMessage(response);
      call.close(Status.OK, new Metadata());
    }

    /** Takes a place under the limit again; false where there is none. */
    private boolean enter() {
      if (!limit.enter()) {
        return false;
      }
      counted.set(true);
      if (over) {
        leave();
      }
      return true;
    }

    private void leave() {
      if (counted.compareAndSet(true, false)) {
        limit.leave();
      }
    }

    @Override
    public void onComplete() {
      over = true;
      leave();
    }

    @Override
    public void onCancel() {
      over = true;
      leave();
    }
  }
}
