package im.hongyan.msg;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.platform.ShareConfig;
import im.hongyan.stores.kafka.KafkaConfig;

/** Settings of rpc-msg. */
public record MsgConfig(ShareConfig share, KafkaConfig kafka) {
  /** Reads sections {@code share} and {@code kafka}. */
  public static MsgConfig from(Settings settings) {
    return new MsgConfig(ShareConfig.from(settings), KafkaConfig.from(settings));
  }
}
