package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.wire.error.StoreUnavailableException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Appends to lanes: idempotent, acknowledged by all in-sync replicas, without lingering. Safe for
 * use by several threads; its creator closes it.
 *
 * <p>An append never waits: where no broker has said who takes the topic, or too much is on its
 * way, its future fails at once. {@link #awaitTopic} waits for the first.
 */
public final class LaneProducer implements AutoCloseable {
  /** The largest record that is taken. */
  public static final int MAX_RECORD_BYTES = 1_999_000;

  private static final int GIVE_UP_MILLIS = 8_000;
  private static final long ASK_AGAIN_NANOS = 10_000_000;

  private final KafkaProducer<byte[], byte[]> producer;

  public LaneProducer(KafkaConfig config, String clientId) {
    producer =
        new KafkaProducer<>(
            properties(config, clientId), new ByteArraySerializer(), new ByteArraySerializer());
  }

  static Properties properties(KafkaConfig config, String clientId) {
    Properties properties = config.clientProperties();
    properties.put("client.id", clientId);
    properties.put("acks", "all");
    properties.put("enable.idempotence", "true");
    properties.put("linger.ms", "0");
    properties.put("batch.size", "262144");
    properties.put("max.request.size", "2000000");
    properties.put("delivery.timeout.ms", Integer.toString(GIVE_UP_MILLIS));
    properties.put("request.timeout.ms", "4000");
    properties.put("max.block.ms", "0");
    // Who takes a topic is not forgotten while nothing is appended to it.
    properties.put("metadata.max.idle.ms", Integer.toString(Integer.MAX_VALUE));
    properties.put("enable.metrics.push", "false");
    return properties;
  }

  /**
   * Waits until it is known who takes the topic.
   *
   * @throws StoreUnavailableException after 8 s
   */
  public void awaitTopic(String topic) {
    long deadline = System.nanoTime() + Duration.ofMillis(GIVE_UP_MILLIS).toNanos();
    while (true) {
      try {
        if (!producer.partitionsFor(topic).isEmpty()) {
          return;
        }
      } catch (org.apache.kafka.common.errors.TimeoutException unknown) {
        // asked meanwhile
      } catch (KafkaException e) {
        throw new StoreUnavailableException("Kafka does not say who takes " + topic, e);
      }
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        throw new StoreUnavailableException("Kafka does not say who takes " + topic);
      }
      LockSupport.parkNanos(ASK_AGAIN_NANOS);
    }
  }

  /** Appends a record; the future holds its offset, or why its outcome is unknown. */
  public CompletableFuture<Long> append(String topic, int lane, byte[] value) {
    CompletableFuture<Long> offset = new CompletableFuture<>();
    try {
      producer.send(
          new ProducerRecord<>(topic, lane, null, value),
          (metadata, failure) -> {
            if (failure == null) {
              offset.complete(metadata.offset());
            } else {
              offset.completeExceptionally(failure);
            }
          });
    } catch (RuntimeException e) {
      offset.completeExceptionally(e);
    }
    return offset;
  }

  /** Closes without waiting: what is in flight has an unknown outcome. */
  @Override
  public void close() {
    producer.close(Duration.ZERO);
  }
}
