package im.hongyan.push;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.push.offline.OfflineConfig;

/**
 * Settings of push-service.
 *
 * @param keptMembers members of groups that are kept in memory
 */
public record PushConfig(
    ShareConfig share, KafkaConfig kafka, OfflineConfig offline, int keptMembers) {
  /** Reads sections {@code share}, {@code kafka} and {@code push}. */
  public static PushConfig from(Settings settings) {
    return new PushConfig(
        ShareConfig.from(settings),
        KafkaConfig.from(settings),
        OfflineConfig.from(settings),
        settings.number("push.keptMembers", 500_000, 1_000, 50_000_000));
  }
}
