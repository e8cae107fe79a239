package im.hongyan.auth;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.gatewaypeer.CloseAnswer;
import im.hongyan.proto.gatewaypeer.CloseRequest;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A gateway that notes what it is asked; the handler may throw. Its creator closes it. */
final class GatewayDouble extends GatewayPeerGrpc.GatewayPeerImplBase implements AutoCloseable {
  private final String name = UUID.randomUUID().toString();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  private final ManagedChannel channel;

  /** What was asked for and answered in time. */
  final List<CloseRequest> closed = new CopyOnWriteArrayList<>();

  /** Runs before the answer. */
  volatile Runnable handler = () -> {};

  GatewayDouble() {
    try {
      server =
          InProcessServerBuilder.forName(name)
              .executor(threads)
              .intercept(new Entering())
              .addService(this)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    channel =
        InProcessChannelBuilder.forName(name)
            .directExecutor()
            .intercept(RpcChannels.interceptors())
            .build();
  }

  /** Opens the call's context, as the guard does. */
  private static final class Entering implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
      return io.grpc.Contexts.interceptCall(
          CallContext.readFrom(headers).toGrpc(), call, headers, next);
    }
  }

  Channel channel() {
    return channel;
  }

  @Override
  public void close(CloseRequest request, StreamObserver<CloseAnswer> reply) {
    Unary.reply(
        reply,
        () -> {
          handler.run();
          if (CallContext.current().service() && !Context.current().isCancelled()) {
            closed.add(request);
          }
          return CloseAnswer.getDefaultInstance();
        });
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    threads.shutdownNow();
  }
}
