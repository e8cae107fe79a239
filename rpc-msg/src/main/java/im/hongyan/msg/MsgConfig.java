package im.hongyan.msg;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.messagelog.search.SearchConfig;
import im.hongyan.msg.retention.RetentionConfig;
import im.hongyan.msg.send.SendConfig;

/**
 * The settings of rpc-msg.
 *
 * @param send how messages are taken
 * @param search where the index of words is
 * @param retention how long history is kept
 */
public record MsgConfig(
    ShareConfig share,
    KafkaConfig kafka,
    SendConfig send,
    SearchConfig search,
    RetentionConfig retention) {
  /** Reads sections {@code share}, {@code kafka}, {@code msg}, {@code search}, {@code history}. */
  public static MsgConfig from(Settings settings) {
    return new MsgConfig(
        ShareConfig.from(settings),
        KafkaConfig.from(settings),
        SendConfig.from(settings),
        SearchConfig.from(settings),
        RetentionConfig.from(settings));
  }
}
