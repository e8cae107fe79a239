package im.hongyan.kit.rpc;

import com.google.protobuf.Message;
import im.hongyan.kit.call.CallContext;
import im.hongyan.wire.authz.AccessRule;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImException;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one method asks of a call before its handler may see it, compiled from the method's options:
 * a context, arguments, rights. Immutable and safe for use by several threads.
 */
final class MethodGuard {
  private final ArgumentChecks before;
  private final AccessRule access;
  private final ArgumentChecks after;
  private final Set<String> adminIds;

  MethodGuard(ArgumentChecks checks, AccessRule access, Set<String> adminIds) {
    before = access.isFirst() ? ArgumentChecks.NONE : checks.beforeAccess();
    after = access.isFirst() ? checks : checks.afterAccess();
    this.access = access;
    this.adminIds = Set.copyOf(adminIds);
  }

  /** The call's context; null, and the call is closed, where it has none. */
  static @Nullable CallContext open(ServerCall<?, ?> call, Metadata headers) {
    CallContext context = CallContext.readFrom(headers);
    if (context.operationId().isEmpty()) {
      call.close(Status.INVALID_ARGUMENT.withDescription("no operationID"), new Metadata());
      return null;
    }
    return context;
  }

  Caller caller(CallContext context) {
    return context.caller(adminIds);
  }

  /**
   * Makes the argument checks and the decision about rights in the order that the method asks for.
   *
   * @throws ImException when the request may not pass
   */
  void admit(Caller caller, Message request) {
    before.check(request);
    access.check(caller, request);
    after.check(request);
  }
}
