package im.hongyan.kit.rpc;

import com.google.protobuf.Message;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;

/**
 * What runs before every handler, in this order: call context, limit, authorisation, metrics.
 * Handlers find the caller in {@link CallContext#current()} and map their failures by {@link
 * Unary}. Safe for use by several threads.
 */
public final class RpcGuard {
  private final AuthorisationTable table;
  private final ShareConfig share;
  private final MeterRegistry meters;

  public RpcGuard(AuthorisationTable table, ShareConfig share, MeterRegistry meters) {
    this.table = table;
    this.share = share;
    this.meters = meters;
  }

  /** The service behind the guard. */
  public ServerServiceDefinition protect(ServerServiceDefinition service) {
    String name = service.getServiceDescriptor().getName();
    return ServerInterceptors.intercept(
        service,
        new CountingInterceptor(meters),
        new AuthorisingInterceptor(table, share.admins()),
        new LimitingInterceptor(new ConcurrencyLimit(name, share.maxConcurrentCalls(), meters)),
        new EnteringInterceptor());
  }

  /** Opens the call's context. */
  private static final class EnteringInterceptor implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      CallContext context = CallContext.readFrom(headers);
      if (context.operationId().isEmpty()) {
        call.close(Status.INVALID_ARGUMENT.withDescription("no operationID"), new Metadata());
        return new ServerCall.Listener<>() {};
      }
      Context grpc = context.toGrpc();
      return Contexts.interceptCall(grpc, call, headers, next);
    }
  }

  /** Refuses unary calls beyond the limit with 429; streams bound what they take themselves. */
  private record LimitingInterceptor(ConcurrencyLimit limit) implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
        return next.startCall(call, headers);
      }
      if (!limit.enter()) {
        call.close(Status.ABORTED, RpcErrors.trailers(ImError.TOO_MANY_REQUESTS.bare()));
        return new ServerCall.Listener<>() {};
      }
      return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
        @Override
        public void onComplete() {
          limit.leave();
          super.onComplete();
        }

        @Override
        public void onCancel() {
          limit.leave();
          super.onCancel();
        }
      };
    }
  }

  /** Refuses what the table does not allow; group roles and participation are the handler's. */
  private record AuthorisingInterceptor(AuthorisationTable table, Set<String> adminIds)
      implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      CallContext context = CallContext.current();
      return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
        private boolean refused;

        @Override
        public void onMessage(A request) {
          if (refused) {
            return;
          }
          try {
            table.check(
                call.getMethodDescriptor().getFullMethodName(),
                context.caller(adminIds),
                (Message) request);
          } catch (ImException refusal) {
            refused = true;
            var status = RpcErrors.toStatus(refusal);
            var trailers = status.getTrailers();
            call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
            return;
          }
          super.onMessage(request);
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

  /** Counts calls as errors-config-ops.md 7 names them. */
  private record CountingInterceptor(MeterRegistry meters) implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      String path = call.getMethodDescriptor().getFullMethodName();
      String name = String.valueOf(call.getMethodDescriptor().getServiceName());
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
              String code =
                  status.isOk()
                      ? "0"
                      : Integer.toString(
                          RpcErrors.fromStatus(status.asRuntimeException(trailers), path).code());
              meters.counter("rpc_count", "name", name, "path", path, "code", code).increment();
              super.close(status, trailers);
            }
          },
          headers);
    }
  }
}
