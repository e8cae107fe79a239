package im.hongyan.transfer;

import im.hongyan.kit.config.Settings;
import im.hongyan.stores.kafka.KafkaConfig;

/** Settings of msg-transfer. */
public record TransferConfig(KafkaConfig kafka) {
  /** Reads section {@code kafka}. */
  public static TransferConfig from(Settings settings) {
    return new TransferConfig(KafkaConfig.from(settings));
  }
}
