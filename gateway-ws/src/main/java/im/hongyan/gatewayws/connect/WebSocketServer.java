package im.hongyan.gatewayws.connect;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** Listens for clients. Its creator closes it. */
public final class WebSocketServer implements AutoCloseable {
  private static final int READ_DEADLINE_SECONDS = 30;
  private static final int MAX_UPGRADE_BODY_BYTES = 1_024;
  private static final int MAX_REQUEST_LINE_BYTES = 16_384;
  private static final int MAX_HEADER_BYTES = 16_384;
  private static final int MAX_CHUNK_BYTES = 8_192;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(
          Math.max(1, Runtime.getRuntime().availableProcessors() / 2), NioIoHandler.newFactory());
  private final Channel listening;

  /** Binds and serves. */
  public WebSocketServer(InetSocketAddress address, UpgradeHandler.Parts parts) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 4_096)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(new FlushConsolidationHandler(256, true))
                        .addLast(
                            new IdleStateHandler(READ_DEADLINE_SECONDS, 0, 0, TimeUnit.SECONDS))
                        .addLast(
                            new HttpServerCodec(
                                MAX_REQUEST_LINE_BYTES, MAX_HEADER_BYTES, MAX_CHUNK_BYTES))
                        .addLast(new HttpObjectAggregator(MAX_UPGRADE_BODY_BYTES))
                        .addLast(new UpgradeHandler(parts));
                  }
                });
    listening = bootstrap.bind(address).syncUninterruptibly().channel();
  }

  /** Where it listens. */
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  @Override
  public void close() {
    listening.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
