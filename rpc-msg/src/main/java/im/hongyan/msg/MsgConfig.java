package im.hongyan.msg;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.msg.send.SendConfig;

/**
 * The settings of rpc-msg.
 *
 * @param send how messages are taken
 */
public record MsgConfig(ShareConfig share, KafkaConfig kafka, SendConfig send) {
  /** Reads sections {@code share}, {@code kafka} and {@code msg}. */
  public static MsgConfig from(Settings settings) {
    return new MsgConfig(
        ShareConfig.from(settings), KafkaConfig.from(settings), SendConfig.from(settings));
  }
}
