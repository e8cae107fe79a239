package im.hongyan.transfer;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.time.Duration;

/**
 * Settings of msg-transfer.
 *
 * @param inboxKept how long the inbox keeps messages, in whole days
 */
public record TransferConfig(KafkaConfig kafka, Duration inboxKept) {
  /** Checks the days. */
  public TransferConfig {
    if (inboxKept.compareTo(Duration.ofDays(1)) < 0) {
      throw new ConfigException("inbox.retention must be a day or longer");
    }
  }

  /** Reads sections {@code kafka} and {@code inbox}. */
  public static TransferConfig from(Settings settings) {
    return new TransferConfig(
        KafkaConfig.from(settings), settings.duration("inbox.retention", Duration.ofDays(14)));
  }
}
