package im.hongyan.drivers.kafka;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/**
 * Where Kafka is and how the topics are laid out.
 *
 * @param lanes partitions of im-inbound and im-sequenced; fixed at set-up
 * @param replicas copies of each topic
 * @param retention how long the logs are kept
 * @param durability what an acknowledgement outlives on each broker
 * @param login none where the brokers ask for none
 */
public record KafkaConfig(
    String address,
    int lanes,
    int replicas,
    Duration retention,
    Durability durability,
    Optional<KafkaLogin> login) {
  /** What a broker does before it acknowledges. */
  public enum Durability {
    /** It hands the record to the operating system: killed processes lose nothing. */
    PROCESS,
    /** It also flushes to the disk: power loss loses nothing either, at the cost of a flush. */
    POWER
  }

  /** Reads section {@code kafka}. */
  public static KafkaConfig from(Settings settings) {
    return new KafkaConfig(
        settings.text("kafka.address", "localhost:9092"),
        settings.number("kafka.lanes", 32, 1, 1024),
        settings.number("kafka.replicas", 3, 1, 7),
        settings.duration("kafka.retention", Duration.ofDays(7)),
        durability(settings.text("kafka.durability", "process")),
        KafkaLogin.from(settings));
  }

  /** What every client of Kafka begins with: where the brokers are, and the login. */
  public Properties clientProperties() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", address);
    login.map(KafkaLogin::properties).ifPresent(properties::putAll);
    return properties;
  }

  private static Durability durability(String text) {
    return switch (text) {
      case "process" -> Durability.PROCESS;
      case "power" -> Durability.POWER;
      default ->
          throw new ConfigException(
              "kafka.durability must be process or power, not '" + text + "'");
    };
  }
}
