package im.hongyan.push;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.platform.ShareConfig;
import im.hongyan.stores.kafka.KafkaConfig;

/** Settings of push-service. */
public record PushConfig(ShareConfig share, KafkaConfig kafka) {
  /** Reads sections {@code share} and {@code kafka}. */
  public static PushConfig from(Settings settings) {
    return new PushConfig(ShareConfig.from(settings), KafkaConfig.from(settings));
  }
}
