package im.hongyan.gatewayws.connect;

import im.hongyan.gatewayws.config.GatewayWsConfig;
import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.connection.Deadlines;
import im.hongyan.gatewayws.connection.GatewayLoop;
import im.hongyan.gatewayws.connection.GatewayLoops;
import im.hongyan.gatewayws.connection.WaitingBytes;
import im.hongyan.kit.http.RequestDecoder;
import im.hongyan.kit.net.Accepting;
import im.hongyan.kit.net.EdgeAllocator;
import im.hongyan.kit.tls.ServerTls;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for clients. Its creator drains and closes it. */
public final class WebSocketServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebSocketServer.class);
  private static final int MAX_UPGRADE_BODY_BYTES = 1_024;
  private static final int MAX_REQUEST_LINE_BYTES = 8_192;
  private static final int MAX_HEADER_BYTES = 16_384;
  private static final int MAX_CHUNK_BYTES = 8_192;
  private static final int MAX_BODY_PIECES = 2;
  private static final int BACKLOG = 4_096;

  /** So fast, at most, are connections closed when the gateway stops. */
  private static final Duration LEAST_PAUSE = Duration.ofMillis(5);

  /** For the last replies. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  /** What is read of a connection at once, and how often before the next one gets its turn. */
  private static final int MAX_READ_BYTES = 16_384;

  private static final int MAX_READS = 2;
  private static final int LOOPS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  private final EventLoopGroup loopGroup =
      new MultiThreadIoEventLoopGroup(LOOPS, NioIoHandler.newFactory());
  private final ConnectionRegistry registry;
  private final Optional<ServerTls> tls;
  private final GatewayLoops loops;
  private final Channel listening;
  private final ListenerProbe probe;

  /** Binds and serves. */
  public WebSocketServer(GatewayWsConfig config, UpgradeHandler.Parts parts) {
    registry = parts.registry();
    tls = config.tls().map(ServerTls::open);
    MeterRegistry meters = parts.meters().registry();
    loops =
        new GatewayLoops(
            loopGroup,
            new GatewayLoop.Limits(
                config.timeouts().sweepMillis(),
                new WaitingBytes(config.limits().waiting(), config.addresses(), meters),
                config.limits().bufferBytes() / 2 / LOOPS),
            meters);
    int queued = config.limits().queuedBytes();
    AdaptiveRecvByteBufAllocator reads =
        new AdaptiveRecvByteBufAllocator(64, 2_048, MAX_READ_BYTES);
    reads.maxMessagesPerRead(MAX_READS);
    listening =
        new ServerBootstrap()
            .group(loopGroup)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, Accepting.many())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.ALLOCATOR,
                new EdgeAllocator("ws", config.limits().bufferBytes(), LOOPS, meters))
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(queued / 2, queued))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    initialise(channel, config, parts);
                  }
                })
            .bind(new InetSocketAddress(config.listen(), config.port()))
            .syncUninterruptibly()
            .channel();
    probe =
        new ListenerProbe(
            (InetSocketAddress) listening.localAddress(),
            parts.probeSecret(),
            tls.isPresent() ? Dialers.TLS : Dialers.PLAIN,
            meters);
  }

  /** Whether the gateway answers a handshake at its own port, and every event loop turns. */
  public boolean serves() {
    return probe.answered() && loops.turning();
  }

  private void initialise(
      SocketChannel channel, GatewayWsConfig config, UpgradeHandler.Parts parts) {
    if (!parts.gate().admit(channel)) {
      channel.close();
      return;
    }
    var loop = loops.of(channel.eventLoop());
    Deadlines deadlines = new Deadlines(loop, config.timeouts(), parts.meters());
    // First, so that it counts what goes to the socket, with TLS too.
    channel.pipeline().addLast(deadlines);
    RequestDecoder decoder =
        new RequestDecoder(MAX_REQUEST_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES);
    HttpObjectAggregator whole = new HttpObjectAggregator(MAX_UPGRADE_BODY_BYTES);
    // A piece of a byte keeps the buffer that it came in, so few are kept apart.
    whole.setMaxCumulationBufferComponents(MAX_BODY_PIECES);
    tls.ifPresent(server -> channel.pipeline().addLast(server.newHandler(channel.alloc())));
    channel
        .pipeline()
        .addLast(decoder)
        .addLast(decoder.newEncoder())
        .addLast(whole)
        .addLast(new UpgradeHandler(parts, loop, deadlines, decoder));
  }

  /** Where it listens. */
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /**
   * Takes no more clients and closes those that are there with 1001, spread over time so that they
   * do not all come to the other gateways at once; requests that are being answered get their
   * reply.
   */
  public void drain(Duration spread) {
    probe.close();
    listening.close().syncUninterruptibly();
    List<ClientConnection> connections = new ArrayList<>();
    registry.forEach(connections::add);
    if (connections.isEmpty()) {
      return;
    }
    long pauseNanos = Math.min(spread.toNanos() / connections.size(), LEAST_PAUSE.toNanos());
    LOG.info("closing {} connections", connections.size());
    for (ClientConnection connection : connections) {
      connection.drain();
      LockSupport.parkNanos(pauseNanos);
    }
    long deadline = System.nanoTime() + LAST_WORDS.toNanos();
    while (registry.size() > 0 && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(LEAST_PAUSE.toNanos());
    }
  }

  @Override
  public void close() {
    probe.close();
    listening.close().syncUninterruptibly();
    loopGroup.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    tls.ifPresent(ServerTls::close);
  }
}
