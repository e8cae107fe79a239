package im.hongyan.messagelog.kafka;

import im.hongyan.drivers.kafka.KafkaConfig;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Appends to lanes: idempotent, acknowledged by all in-sync replicas, without lingering. Safe for
 * use by several threads; its creator closes it.
 */
public final class LaneProducer implements AutoCloseable {
  /** The largest record that is taken. */
  public static final int MAX_RECORD_BYTES = 1_999_000;

  private static final int GIVE_UP_MILLIS = 8_000;

  private final KafkaProducer<byte[], byte[]> producer;

  public LaneProducer(KafkaConfig config, String clientId) {
    producer =
        new KafkaProducer<>(
            properties(config, clientId), new ByteArraySerializer(), new ByteArraySerializer());
  }

  static Properties properties(KafkaConfig config, String clientId) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", config.address());
    properties.put("client.id", clientId);
    properties.put("acks", "all");
    properties.put("enable.idempotence", "true");
    properties.put("linger.ms", "0");
    properties.put("batch.size", "262144");
    properties.put("max.request.size", "2000000");
    properties.put("delivery.timeout.ms", Integer.toString(GIVE_UP_MILLIS));
    properties.put("request.timeout.ms", "4000");
    properties.put("max.block.ms", Integer.toString(GIVE_UP_MILLIS));
    properties.put("enable.metrics.push", "false");
    return properties;
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
