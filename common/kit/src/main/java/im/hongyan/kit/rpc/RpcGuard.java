package im.hongyan.kit.rpc;

import com.google.protobuf.Message;
import im.hongyan.kit.call.CallContext;
import im.hongyan.wire.authz.AuthorisationTable;
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
 * What stands before every handler, in this order: call context, authorisation, metrics. Handlers
 * find the caller in {@link CallContext#current()}. Safe for use by several threads.
 */
public final class RpcGuard {
  private final AuthorisationTable table;
  private final Set<String> adminIds;
  private final MeterRegistry meters;

  /** Creates a guard for the services that the table covers. */
  public RpcGuard(AuthorisationTable table, Set<String> adminIds, MeterRegistry meters) {
    this.table = table;
    this.adminIds = Set.copyOf(adminIds);
    this.meters = meters;
  }

  /** The service behind the guard. */
  public ServerServiceDefinition protect(ServerServiceDefinition service) {
    return ServerInterceptors.intercept(
        service, new Counting(meters), new Authorising(table, adminIds), new Entering());
  }

  /** Opens the call's context. */
  private static final class Entering implements ServerInterceptor {
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

  /** Refuses what the table does not allow; group roles and participation are the handler's. */
  private record Authorising(AuthorisationTable table, Set<String> adminIds)
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
  private record Counting(MeterRegistry meters) implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      String path = call.getMethodDescriptor().getFullMethodName();
      return next.startCall(
          new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
              String code =
                  status.isOk()
                      ? "0"
                      : Integer.toString(
                          RpcErrors.fromStatus(status.asRuntimeException(trailers), path).code());
              meters.counter("rpc_count", "path", path, "code", code).increment();
              super.close(status, trailers);
            }
          },
          headers);
    }
  }
}
