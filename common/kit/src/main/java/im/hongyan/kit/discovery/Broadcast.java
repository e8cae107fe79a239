package im.hongyan.kit.discovery;

import com.google.common.util.concurrent.ListenableFuture;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.wire.error.ImException;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
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
   * @return what those answered that did, in no order
   */
  public <A, B> List<B> call(MethodDescriptor<A, B> method, A request, String what) {
    Context context = CallContext.service(CallContext.current().operationId()).toGrpc().fork();
    Map<String, ListenableFuture<B>> calls = new LinkedHashMap<>();
    context.run(() ->
        locator
            .nodes(service)
            .forEach((node, channel) ->
                calls.put(node, RpcChannels.begin(channel, method, request, LIMIT))));
    List<B> answers = new ArrayList<>();
    calls.forEach((node, call) -> await(node, call, what).ifPresent(answers::add));
    return answers;
  }

  /** The call's deadline ends the wait. */
  private <B> Optional<B> await(String node, ListenableFuture<B> call, String what) {
    try {
      return Optional.of(call.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ImException.internal("interrupted", e);
    } catch (ExecutionException e) {
      String reason =
          e.getCause() instanceof StatusRuntimeException status
              ? RpcErrors.fromStatus(status, node).getMessage()
              : String.valueOf(e.getCause());
      log.warn("{} {} did not take {}: {}", service.label(), node, what, reason);
      return Optional.empty();
    }
  }
}
