package im.hongyan.auth;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.gatewaypeer.CloseAnswer;
import im.hongyan.proto.gatewaypeer.CloseRequest;
import im.hongyan.proto.gatewaypeer.GatewayPeerGrpc;
import im.hongyan.wire.authz.Caller;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A gateway that notes what it is asked; the handler may throw. Its creator closes it. */
final class GatewayDouble implements AutoCloseable {
  private final String name = UUID.randomUUID().toString();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;
  private final ManagedChannel channel;

  /** What was asked for and answered in time. */
  final List<CloseRequest> closed = new CopyOnWriteArrayList<>();

  /** Runs before the answer. */
  volatile Runnable handler = () -> {};

  GatewayDouble() {
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    Rpcs rpcs =
        new Rpcs(share, new SimpleMeterRegistry())
            .add(rows -> rows.unary(GatewayPeerGrpc.getCloseMethod(), this::close));
    try {
      server =
          InProcessServerBuilder.forName(name)
              .executor(threads)
              .addServices(rpcs.services())
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

  Channel channel() {
    return channel;
  }

  private CloseAnswer close(Caller caller, CloseRequest request) {
    handler.run();
    if (CallContext.current().service() && !Context.current().isCancelled()) {
      closed.add(request);
    }
    return CloseAnswer.getDefaultInstance();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    threads.shutdownNow();
  }
}
