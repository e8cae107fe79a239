package im.hongyan.push;

import im.hongyan.kit.config.Settings;
import im.hongyan.stores.kafka.KafkaConfig;

/** Settings of push-service. */
public record PushConfig(KafkaConfig kafka) {
  /** Reads section {@code kafka}. */
  public static PushConfig from(Settings settings) {
    return new PushConfig(KafkaConfig.from(settings));
  }
}
