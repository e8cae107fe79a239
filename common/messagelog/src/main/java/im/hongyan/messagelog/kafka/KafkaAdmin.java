package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;

/**
 * What Kafka is asked beside reading and writing, over one connection for all who ask. Safe for use
 * by several threads; its creator closes it.
 */
public final class KafkaAdmin implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 10;

  private final Admin client;

  /** Begins to connect. */
  public KafkaAdmin(KafkaConfig config) {
    Properties properties = config.clientProperties();
    properties.put("enable.metrics.push", "false");
    client = Admin.create(properties);
  }

  Admin client() {
    return client;
  }

  /**
   * Waits for an answer.
   *
   * @param failure what did not work, for the operator
   * @throws StoreUnavailableException when there is none
   */
  static <T> T await(KafkaFuture<T> answer, String failure) {
    try {
      return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new StoreUnavailableException(failure, e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
