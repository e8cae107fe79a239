package im.hongyan.drivers.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client of etcd, replaced by a fresh one while etcd does not answer: an old one would wait
 * longer after each failed connection, up to two minutes after etcd is back, and leases run out
 * before that. The start and the end of an outage are logged once each. Safe for use by several
 * threads; its creator closes it.
 */
final class EtcdConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdConnection.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration REPLACE_AFTER = TIMEOUT.multipliedBy(2);
  private static final int NO_RETRIES = 0;

  private final EtcdConfig config;
  private Client client;
  private long openedNanos;
  private boolean everAnswered;
  private boolean away;
  private boolean closed;

  EtcdConnection(EtcdConfig config) {
    this.config = config;
    client = open(config);
    openedNanos = System.nanoTime();
  }

  private static Client open(EtcdConfig config) {
    ClientBuilder builder =
        Client.builder()
            .endpoints(config.endpoints())
            .connectTimeout(TIMEOUT)
            .retryMaxAttempts(NO_RETRIES)
            .keepaliveTime(TIMEOUT.multipliedBy(2))
            .keepaliveTimeout(TIMEOUT)
            .keepaliveWithoutCalls(false);
    if (!config.user().isEmpty()) {
      builder
          .user(ByteSequence.from(config.user(), UTF_8))
          .password(ByteSequence.from(config.password().reveal(), UTF_8));
    }
    return builder.build();
  }

  URI firstEndpoint() {
    return config.endpoints().getFirst();
  }

  /** The client now; its watches end when it is replaced. */
  synchronized Client client() {
    return client;
  }

  /**
   * Asks and waits for the answer, within seconds.
   *
   * @throws ImException 500, with the cause, when there is none
   */
  <T> T ask(Function<Client, CompletableFuture<T>> question) {
    CompletableFuture<T> answer = question.apply(client());
    try {
      T answered = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      answered();
      return answered;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw failed(
          new StoreUnavailableException("no answer within " + TIMEOUT.toSeconds() + " s", e));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      ImException failure =
          new StoreUnavailableException(String.valueOf(cause.getMessage()), cause);
      throw notFound(failure) ? failure : failed(failure);
    }
  }

  /** Whether etcd did answer, that it does not know what was asked for. */
  static boolean notFound(ImException failure) {
    return failure.getCause() instanceof EtcdException cause
        && cause.getErrorCode() == ErrorCode.NOT_FOUND;
  }

  private synchronized void answered() {
    everAnswered = true;
    if (away) {
      LOG.info("etcd answers again");
      away = false;
    }
  }

  private synchronized ImException failed(ImException failure) {
    if (closed || !everAnswered) {
      return failure;
    }
    if (!away) {
      LOG.warn(
          "etcd does not answer: {}; the services known already stay in use", failure.detail());
      away = true;
    }
    if (System.nanoTime() - openedNanos > REPLACE_AFTER.toNanos()) {
      Client old = client;
      client = open(config);
      openedNanos = System.nanoTime();
      Thread.startVirtualThread(old::close);
    }
    return failure;
  }

  @Override
  public synchronized void close() {
    closed = true;
    client.close();
  }
}
