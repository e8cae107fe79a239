package im.hongyan.auth;

import com.google.common.util.concurrent.ListenableFuture;
import im.hongyan.auth.login.LoginSurroundings.Gateways;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.proto.gateways.CloseAnswer;
import im.hongyan.proto.gateways.CloseRequest;
import im.hongyan.proto.gateways.GatewaysGrpc;
import im.hongyan.wire.error.ImException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All gateways, asked side by side and each within three seconds. One that does not answer is one
 * line in the log and holds back no other: its connections were let in by tokens that have ended.
 * Safe for use by several threads.
 */
final class GatewayNodes implements Gateways {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayNodes.class);
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private final ServiceLocator locator;

  GatewayNodes(ServiceLocator locator) {
    this.locator = locator;
  }

  @Override
  public void close(String userId, int platformId, long epoch) {
    CloseRequest request =
        CloseRequest.newBuilder()
            .setUserId(userId)
            .setPlatformId(platformId)
            .setEpoch(epoch)
            .build();
    // A caller who goes away does not stop what it asked for: the tokens have ended already.
    Context context = CallContext.service(CallContext.current().operationId()).toGrpc().fork();
    Map<String, ListenableFuture<CloseAnswer>> asked = new LinkedHashMap<>();
    context.run(() ->
        locator
            .nodes(ServiceName.GATEWAY_WS)
            .forEach((node, channel) -> asked.put(node, ask(channel, request))));
    asked.forEach(GatewayNodes::await);
  }

  private static ListenableFuture<CloseAnswer> ask(Channel channel, CloseRequest request) {
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    return ClientCalls.futureUnaryCall(
        channel.newCall(GatewaysGrpc.getCloseMethod(), options), request);
  }

  /** The call's deadline ends the wait. */
  private static void await(String node, ListenableFuture<CloseAnswer> answer) {
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
      LOG.warn("gateway {} did not take a forced logout: {}", node, reason);
    }
  }
}
