package im.hongyan.bench.echo;

import im.hongyan.wire.gob.MalformedFrameException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;

/**
 * The WebSocket side of the echo server. One thread owns everything, so that it costs as little as
 * a server can. It trusts its peers and writes blocking: for the driver on the same machine only.
 */
final class EchoGateway implements AutoCloseable {
  private static final int BACKLOG = 4096;

  private final ServerSocketChannel server;
  private final Selector selector;
  private final Thread thread;
  private final Map<String, EchoConnection> online = new HashMap<>();

  /** Starts on loopback; port 0 takes a free one. */
  EchoGateway(int port) throws IOException {
    selector = Selector.open();
    server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    thread = Thread.ofPlatform().name("echo").daemon().start(this::loop);
  }

  URI address() throws IOException {
    return URI.create("ws://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort());
  }

  private void loop() {
    try {
      while (selector.isOpen()) {
        selector.select(this::ready);
      }
    } catch (IOException | ClosedSelectorException over) {
      // The server is closed.
    }
  }

  private void ready(SelectionKey key) {
    if (key.attachment() instanceof EchoConnection connection) {
      try {
        connection.read(online);
      } catch (IOException | MalformedFrameException gone) {
        connection.close(online);
      }
      return;
    }
    try {
      SocketChannel channel = server.accept();
      if (channel != null) {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, SelectionKey.OP_READ, new EchoConnection(channel));
      }
    } catch (IOException refused) {
      // The peer is gone before it was accepted.
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    server.close();
    thread.interrupt();
  }
}
