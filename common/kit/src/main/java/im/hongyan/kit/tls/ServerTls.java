package im.hongyan.kit.tls;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.lifecycle.Periodic;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS 1.2 and 1.3 for a server's connections, with the JDK's own cryptography. The files are looked
 * at again every few seconds: once they hold another pair that fits, new connections use it; a pair
 * that does not fit, such as one that is half written, keeps the old one in use and is logged once.
 *
 * <p>Safe for use by several threads. Its own few threads do the files and the costly parts of
 * handshakes, so that event loops do neither. Its creator closes it, after the connections.
 */
public final class ServerTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  private static final int HANDSHAKE_SECONDS = 10;

  private final TlsFiles files;
  private final ExecutorService threads;
  private final Periodic looks;
  private volatile SslContext context;

  // Both of the one thread that looks: under the lock of this.
  private KeyPairFiles used;
  private String problem = "";

  private ServerTls(TlsFiles files, KeyPairFiles used, SslContext context) {
    this.files = files;
    this.used = used;
    this.context = context;
    ThreadFactory names = Thread.ofPlatform().name("tls-", 0).daemon().factory();
    threads =
        Executors.newFixedThreadPool(
            Math.max(2, Runtime.getRuntime().availableProcessors() / 2), names);
    looks = Periodic.every(LOOK_EVERY, "tls-files", this::look);
  }

  /**
   * Reads the files.
   *
   * @throws ConfigException when they cannot be used
   */
  public static ServerTls open(TlsFiles files) {
    try {
      KeyPairFiles read = KeyPairFiles.read(files);
      return new ServerTls(files, read, context(read));
    } catch (KeyPairFiles.UnusableException e) {
      throw new ConfigException("TLS: " + e.getMessage());
    }
  }

  /**
   * A handler for the head of a new connection's pipeline; the connection is closed when its
   * handshake fails or takes longer than 10 s.
   */
  public SslHandler newHandler(ByteBufAllocator allocator) {
    SslHandler handler = context.newHandler(allocator, threads);
    handler.setHandshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS);
    return handler;
  }

  /** Takes up what the files hold now; called by this object's own thread and by tests. */
  synchronized void look() {
    try {
      KeyPairFiles read = KeyPairFiles.read(files);
      if (!read.sameAs(used)) {
        context = context(read);
        used = read;
        LOG.info("TLS: new connections use the new certificate in {}", files.certificate());
      }
      problem = "";
    } catch (KeyPairFiles.UnusableException e) {
      String reason = String.valueOf(e.getMessage());
      if (!reason.equals(problem)) {
        problem = reason;
        LOG.warn("TLS: {}; the certificate read before stays in use", reason);
      }
    }
  }

  private static SslContext context(KeyPairFiles files) throws KeyPairFiles.UnusableException {
    KeyPairFiles.Pair pair = files.parse();
    try {
      return SslContextBuilder.forServer(pair.key(), pair.chain())
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3", "TLSv1.2")
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new KeyPairFiles.UnusableException(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    looks.close();
    threads.shutdownNow();
  }
}
