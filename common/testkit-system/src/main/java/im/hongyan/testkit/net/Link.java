package im.hongyan.testkit.net;

import im.hongyan.embedded.FreePort;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The way to a server, which a test cuts and restores: a port of its own that forwards every
 * connection. Virtual threads copy the bytes; {@link #cut} and {@link #mend} are called by one
 * thread. Its creator closes it.
 */
public final class Link implements AutoCloseable {
  private final InetSocketAddress target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final int port;
  private ServerSocket door;
  private Thread doorman;

  /** Opens a way to a server. */
  public Link(String host, int port) {
    target = new InetSocketAddress(host, port);
    this.port = FreePort.choose();
    door = open(this.port);
    doorman = receive(door);
  }

  /** Port on the loopback address that leads to the server. */
  public int port() {
    return port;
  }

  /** Ends all connections and refuses new ones, as when the server was killed. */
  public void cut() {
    close(door);
    // The port is free again only when the thread that accepts has closed it.
    awaitEnd(doorman);
    sockets.forEach(Link::close);
  }

  /** Lets connections through again. */
  public void mend() {
    door = open(port);
    doorman = receive(door);
  }

  private Thread receive(ServerSocket opened) {
    return Thread.ofVirtual().name("link-" + port).start(() -> accept(opened));
  }

  private static void awaitEnd(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ServerSocket open(int wanted) {
    try {
      ServerSocket opened = new ServerSocket();
      opened.setReuseAddress(true);
      opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket opened) {
    try {
      while (true) {
        forward(opened, opened.accept());
      }
    } catch (IOException e) {
      // cut
    }
  }

  private void forward(ServerSocket opened, Socket client) {
    Socket server = new Socket();
    sockets.add(client);
    sockets.add(server);
    try {
      server.connect(target);
      Thread.ofVirtual().start(() -> copy(client, server));
      Thread.ofVirtual().start(() -> copy(server, client));
    } catch (IOException e) {
      end(client, server);
    }
    if (opened.isClosed()) {
      // Cut between accepting and now.
      end(client, server);
    }
  }

  private void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // one side is gone, so the other goes too
    } finally {
      end(from, to);
    }
  }

  private void end(Socket one, Socket other) {
    close(one);
    close(other);
    sockets.remove(one);
    sockets.remove(other);
  }

  private static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // closing was all that was wanted
    }
  }

  @Override
  public void close() {
    cut();
  }
}
