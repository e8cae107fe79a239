package im.hongyan.gatewayws.connect;

import im.hongyan.kit.lifecycle.Periodic;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to the gateway's own port every few seconds and upgrades, as a client would: only then
 * is the gateway ready, since a loop that is stuck accepts nobody. Its handshake carries a secret
 * of this process instead of a token, and opens nothing: the gateway closes it at once. Safe for
 * use by several threads; its creator closes it.
 */
final class ListenerProbe implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerProbe.class);
  private static final Duration EVERY = Duration.ofSeconds(3);
  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final Duration STALE = Duration.ofSeconds(12);
  private static final String HEADER = "hongyan-probe";
  private static final String SWITCHING = "HTTP/1.1 101 ";

  private final InetSocketAddress address;
  private final Dialer dialer;
  private final byte[] request;
  private final Periodic probes;
  private volatile boolean answered;
  private volatile long answeredNanos;

  /** Makes the socket, with TLS where the gateway speaks it. */
  @FunctionalInterface
  interface Dialer {
    /** A socket that is connected within the limit. */
    Socket dial(InetSocketAddress address, int limitMillis) throws IOException;
  }

  /** Begins to probe. */
  ListenerProbe(InetSocketAddress listening, String secret, Dialer dialer, MeterRegistry meters) {
    this.dialer = dialer;
    address =
        listening.getAddress().isAnyLocalAddress()
            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), listening.getPort())
            : listening;
    request =
        """
        GET / HTTP/1.1\r
        Host: localhost\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: aG9uZ3lhbi1wcm9iZS1rZQ==\r
        %s: %s\r
        \r
        """
            .formatted(HEADER, secret)
            .getBytes(StandardCharsets.US_ASCII);
    probes = Periodic.nowAndEvery(EVERY, "ws-probe", meters, this::probe);
  }

  /** Whether a request is a probe with this secret. */
  static boolean isProbe(HttpHeaders headers, String secret) {
    String given = headers.get(HEADER);
    return given != null
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether the last handshake was answered, and not long ago. */
  boolean answered() {
    return answered && System.nanoTime() - answeredNanos < STALE.toNanos();
  }

  private void probe() {
    boolean now = tryOnce();
    answeredNanos = System.nanoTime();
    if (answered && !now) {
      LOG.warn("the gateway does not answer its own handshake; it is not ready");
    }
    answered = now;
  }

  private boolean tryOnce() {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (Socket socket = dialer.dial(address, (int) LIMIT.toMillis())) {
      socket.getOutputStream().write(request);
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      byte[] head = new byte[SWITCHING.length()];
      int read = 0;
      while (read < head.length) {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (leftMillis <= 0) {
          return false;
        }
        socket.setSoTimeout((int) leftMillis);
        int more = in.read(head, read, head.length - read);
        if (more < 0) {
          return false;
        }
        read += more;
      }
      return new String(head, StandardCharsets.US_ASCII).equals(SWITCHING);
    } catch (IOException e) {
      LOG.debug("the gateway's own handshake failed", e);
      return false;
    }
  }

  @Override
  public void close() {
    probes.close();
  }
}
