package im.hongyan.kit.discovery;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcConfig;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import io.grpc.Channel;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Processes and services for the tests of the locator. */
final class Services {
  static final Secret SECRET = new Secret("of the tests");
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private Services() {}

  static RpcConfig config(int port) {
    return new RpcConfig("127.0.0.1", port, "127.0.0.1", 1 << 20);
  }

  static NetworkLocator process(String nodeId, FakeRegistry registry) {
    return new NetworkLocator(nodeId, config(0), SECRET, registry.join());
  }

  /** A service with one method, which answers a text with a text. */
  static ServerServiceDefinition answering(Function<String, String> answer) {
    var service =
        new AuthGrpc.AuthImplBase() {
          @Override
          public void parseToken(parseTokenReq request, StreamObserver<parseTokenResp> reply) {
            Unary.reply(
                reply,
                () ->
                    parseTokenResp
                        .newBuilder()
                        .setUserID(answer.apply(request.getToken()))
                        .build());
          }
        };
    return ServerInterceptors.intercept(service.bindService(), new Entering());
  }

  /** As the guard of real services does. */
  private static final class Entering implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      return Contexts.interceptCall(CallContext.readFrom(headers).toGrpc(), call, headers, next);
    }
  }

  /** Asks such a service on behalf of a user. */
  static String ask(Channel channel, String userId, String text) {
    try {
      return CallContext.user("op-" + userId, userId, "iOS", "conn")
          .call(() ->
              RpcChannels.call(
                      channel,
                      AuthGrpc.getParseTokenMethod(),
                      parseTokenReq.newBuilder().setToken(text).build())
                  .getUserID());
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for a condition. */
  static void await(String what, BooleanSupplier condition) {
    long since = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - since > PATIENCE_NANOS) {
        throw new AssertionError("never: " + what);
      }
      LockSupport.parkNanos(1_000_000);
    }
  }
}
