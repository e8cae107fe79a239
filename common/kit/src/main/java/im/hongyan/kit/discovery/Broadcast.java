package im.hongyan.kit.discovery;

import com.google.common.util.concurrent.ListenableFuture;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.wire.error.ImException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * All nodes of a service, called side by side with the same request and each within three seconds.
 * One that does not answer is one line in the log and holds back no other. Safe for use by several
 * threads.
 */
public final class Broadcast {
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final ServiceLocator locator;
  private final ServiceName service;
  private final Logger log;

  /**
   * Creates it.
   *
   * @param log gets the line about a node that does not answer
   */
  public Broadcast(ServiceLocator locator, ServiceName service, Logger log) {
    this.locator = locator;
    this.service = service;
    this.log = log;
  }

  /**
   * Calls the nodes that are there now, as the service itself, and waits for their answers. A
   * caller who goes away does not stop it.
   *
   * @param what names the matter in the log
   */
  public <A, B> void call(MethodDescriptor<A, B> method, A request, String what) {
    Context context = CallContext.service(CallContext.current().operationId()).toGrpc().fork();
    Map<String, ListenableFuture<B>> answers = new LinkedHashMap<>();
    context.run(() ->
        locator
            .nodes(service)
            .forEach((node, channel) -> answers.put(node, start(channel, method, request))));
    answers.forEach((node, answer) -> await(node, answer, what));
  }

  private static <A, B> ListenableFuture<B> start(
      Channel channel, MethodDescriptor<A, B> method, A request) {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    return ClientCalls.futureUnaryCall(channel.newCall(method, options), request);
  }

  /** The call's deadline ends the wait. */
  private void await(String node, ListenableFuture<?> answer, String what) {
    try {
      answer.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ImException.internal("interrupted", e);
    } catch (ExecutionException e) {
      String reason =
          e.getCause() instanceof StatusRuntimeException status
              ? RpcErrors.fromStatus(status, node).getMessage()
              : String.valueOf(e.getCause());
      log.warn("{} {} did not take {}: {}", service.label(), node, what, reason);
    }
  }
}
