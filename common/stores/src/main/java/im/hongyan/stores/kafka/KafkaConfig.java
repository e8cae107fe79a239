package im.hongyan.stores.kafka;

import im.hongyan.kit.config.Settings;
import java.time.Duration;

/**
 * Where Kafka is and how the topics are laid out.
 *
 * @param lanes partitions of im-inbound and im-sequenced; fixed at set-up
 * @param replicas copies of each topic
 * @param retention how long the logs are kept
 */
public record KafkaConfig(String address, int lanes, int replicas, Duration retention) {
  /** Reads section {@code kafka}. */
  public static KafkaConfig from(Settings settings) {
    return new KafkaConfig(
        settings.text("kafka.address", "localhost:9092"),
        settings.number("kafka.lanes", 32, 1, 1024),
        settings.number("kafka.replicas", 3, 1, 7),
        settings.duration("kafka.retention", Duration.ofDays(7)));
  }
}
