package im.hongyan.kit.rpc;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Secret;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * gRPC over TCP between our processes. Both sides' limits are set here, so that they match; every
 * call carries a {@link SharedSecretCredentials}. Two event loops move the bytes of all
 * connections, handlers and callbacks run on virtual threads. Safe for use by several threads; its
 * creator closes it.
 */
public final class TcpTransport implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TcpTransport.class);
  private static final int LOOPS = 2;
  private static final int MAX_CALLS_PER_CONNECTION = 20_000;
  private static final int MAX_METADATA_BYTES = 16 << 10;

  /** A dead peer is noticed after the sum of the first two; servers allow twice as many pings. */
  private static final Duration PING_EVERY = Duration.ofSeconds(10);

  private static final Duration PING_ANSWER = Duration.ofSeconds(5);
  private static final Duration PING_ALLOWED = PING_EVERY.dividedBy(2);
  private static final Duration END = Duration.ofSeconds(2);

  private final RpcConfig config;
  private final SharedSecretCredentials proof;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
  private final ServedMethods services = new ServedMethods();
  private final InFlight inFlight = new InFlight();
  private @Nullable Server server;

  /** Listens only once there is something to serve. */
  public TcpTransport(RpcConfig config, Secret secret) {
    this.config = config;
    proof = new SharedSecretCredentials(secret);
  }

  /**
   * Serves these too and returns the port, which is the same for all.
   *
   * @throws ConfigException when it cannot listen
   */
  public synchronized int serve(List<ServerServiceDefinition> definitions) {
    definitions.forEach(services::add);
    Server listening = server;
    if (listening == null) {
      listening = listen();
      server = listening;
    }
    return listening.getPort();
  }

  /** The port that is served on; empty while nothing is. */
  public synchronized OptionalInt port() {
    return server == null ? OptionalInt.empty() : OptionalInt.of(server.getPort());
  }

  private Server listen() {
    try {
      return NettyServerBuilder.forAddress(new InetSocketAddress(config.listen(), config.port()))
          .bossEventLoopGroup(loops)
          .workerEventLoopGroup(loops)
          .channelType(NioServerSocketChannel.class)
          .executor(handlers)
          .fallbackHandlerRegistry(services)
          .maxInboundMessageSize(config.maxMessageBytes())
          .maxInboundMetadataSize(MAX_METADATA_BYTES)
          .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
          .keepAliveTime(PING_EVERY.toMillis(), TimeUnit.MILLISECONDS)
          .keepAliveTimeout(PING_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .permitKeepAliveTime(PING_ALLOWED.toMillis(), TimeUnit.MILLISECONDS)
          .permitKeepAliveWithoutCalls(true)
          // The last one added comes first.
          .intercept(inFlight)
          .intercept(proof.serverInterceptor())
          .build()
          .start();
    } catch (IOException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new ConfigException(
          "cannot listen on rpc.listen "
              + config.listen()
              + ", rpc.port "
              + config.port()
              + ": "
              + cause.getMessage());
    }
  }

  /**
   * A channel; the caller closes it.
   *
   * @param target name that a resolver of gRPC's registry knows
   * @param policy how one of several addresses is chosen
   */
  public ManagedChannel channel(String target, String policy, ClientInterceptor waiting) {
    return NettyChannelBuilder.forTarget(target)
        .eventLoopGroup(loops)
        .channelType(NioSocketChannel.class)
        .executor(handlers)
        .offloadExecutor(handlers)
        .defaultLoadBalancingPolicy(policy)
        .disableServiceConfigLookUp()
        .usePlaintext()
        .maxInboundMessageSize(config.maxMessageBytes())
        .maxInboundMetadataSize(MAX_METADATA_BYTES)
        .keepAliveTime(PING_EVERY.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveTimeout(PING_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .keepAliveWithoutCalls(true)
        .intercept(RpcChannels.interceptors())
        .intercept(proof.clientInterceptor(), waiting)
        .build();
  }

  /** Where blocking work of the transport's users may run. */
  public Executor handlers() {
    return handlers;
  }

  /** Runs a short task again and again until the transport is closed. */
  public void every(Duration pause, Runnable task) {
    loops.scheduleWithFixedDelay(task, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Takes no new calls, lets those in flight be answered, then ends streams and connections. */
  public synchronized void drain(Duration most) {
    Server listening = server;
    if (listening == null || listening.isShutdown()) {
      return;
    }
    listening.shutdown();
    try {
      if (!inFlight.awaitNone(most)) {
        LOG.warn("calls that were not answered within {} s are ended", most.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listening.shutdownNow();
  }

  @Override
  public void close() {
    drain(Duration.ZERO);
    loops
        .shutdownGracefully(0, END.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(END.multipliedBy(2).toMillis());
    handlers.shutdownNow();
  }
}
