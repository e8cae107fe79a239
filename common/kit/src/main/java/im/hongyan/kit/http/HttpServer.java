package im.hongyan.kit.http;

import im.hongyan.kit.net.Accepting;
import im.hongyan.kit.net.ConnectionGate;
import im.hongyan.kit.net.EdgeAllocator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP/1.1 server: whole requests in, whole answers out, bounded in size, number and time.
 * Event loops only move bytes; handlers run on virtual threads. Its creator closes it.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int MAX_REQUEST_LINE_BYTES = 16_384;
  private static final int MAX_HEADER_BYTES = 16_384;
  private static final int MAX_CHUNK_BYTES = 8_192;

  /** What is read of a connection at once, and how often before the next one gets its turn. */
  private static final int MAX_READ_BYTES = 16_384;

  private static final int MAX_READS = 2;

  private static final int DRAIN_SECONDS = 5;
  private static final int LOOPS = 1;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final HttpServerConfig config;
  private final ConnectionGate gate;
  private final BodyBudget bodies;
  private final BodyBudget answers;
  private final HttpHandler handler;
  private final Channel listening;

  /**
   * Binds and serves, for few clients and without meters.
   *
   * @param maxBodyBytes larger requests are answered with 413
   */
  public HttpServer(InetSocketAddress address, int maxBodyBytes, HttpHandler handler) {
    this(HttpServerConfig.of(address, maxBodyBytes), new CompositeMeterRegistry(), handler);
  }

  /**
   * Binds and serves, with meters of the limits {@code http_connections…}, of the budgets {@code
   * http_bodies…} and {@code http_answers…}, and of the buffers of the edge {@code http}.
   */
  public HttpServer(HttpServerConfig config, MeterRegistry meters, HttpHandler handler) {
    this.config = config;
    this.handler = handler;
    gate =
        new ConnectionGate(
            "http_connections",
            config.clients(),
            config.maxConnections(),
            config.maxConnectionsPerAddress(),
            meters);
    bodies = new BodyBudget("http_bodies", config.memory(), meters);
    answers = new BodyBudget("http_answers", config.memory(), meters);
    AdaptiveRecvByteBufAllocator reads =
        new AdaptiveRecvByteBufAllocator(64, 2_048, MAX_READ_BYTES);
    reads.maxMessagesPerRead(MAX_READS);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, Accepting.many())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads)
            .childOption(
                ChannelOption.ALLOCATOR,
                new EdgeAllocator("http", config.memory().maxBufferBytes(), LOOPS, meters))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel connection) {
                    accept(connection);
                  }
                });
    listening = bootstrap.bind(config.address()).syncUninterruptibly().channel();
  }

  private void accept(SocketChannel connection) {
    if (!gate.admit(connection)) {
      connection.close();
      return;
    }
    connections.add(connection);
    ChannelPipeline pipeline = connection.pipeline();
    config.tls().ifPresent(tls -> pipeline.addLast(tls.newHandler(connection.alloc())));
    serve(pipeline, config, new Work(handler, handlers, bodies, answers));
  }

  /**
   * What connections have in common.
   *
   * @param handlers runs the handler
   * @param bodies of requests that are not answered
   * @param answers that are not taken
   */
  record Work(HttpHandler handler, Executor handlers, BodyBudget bodies, BodyBudget answers) {}

  /** Puts together what the bytes of a connection go through, TLS aside. */
  static void serve(ChannelPipeline pipeline, HttpServerConfig config, Work work) {
    HttpTimeoutHandler pace = new HttpTimeoutHandler(config.requestTimeout());
    RequestDecoder decoder =
        new RequestDecoder(MAX_REQUEST_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES);
    pipeline
        .addLast(pace)
        // Requests that came in one packet wait in it until the answer before theirs is written.
        .addLast(decoder)
        .addLast(decoder.newEncoder())
        .addLast(new RequestReader(config, work, decoder))
        .addLast(new HttpExchange(work, config.compression(), pace, decoder));
  }

  /** Where it listens. */
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /** Takes no new connections and requests, and gives those in flight 5 s to be answered. */
  public void drain() {
    if (loops.isShuttingDown()) {
      return;
    }
    listening.close().syncUninterruptibly();
    connections.forEach(one -> one.pipeline().fireUserEventTriggered(HttpExchange.LEAVE));
    if (!connections.newCloseFuture().awaitUninterruptibly(DRAIN_SECONDS, TimeUnit.SECONDS)) {
      LOG.warn("requests that were not answered within {} s are ended", DRAIN_SECONDS);
    }
  }

  /** Drains, then ends what is left. */
  @Override
  public void close() {
    drain();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    handlers.shutdownNow();
  }
}
