package im.hongyan.msg;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.platform.ShareConfig;
import im.hongyan.stores.kafka.KafkaConfig;

/**
 * Settings of rpc-msg.
 *
 * @param friendVerify whether only friends of the receiver may send in single chats
 * @param conversationRate messages a second that users may send into one conversation, through one
 *     process
 * @param historyForNewMembers whether members of a group may read what was written before they came
 */
public record MsgConfig(
    ShareConfig share,
    KafkaConfig kafka,
    boolean friendVerify,
    int conversationRate,
    boolean historyForNewMembers) {
  /** Reads sections {@code share}, {@code kafka} and {@code msg}. */
  public static MsgConfig from(Settings settings) {
    return new MsgConfig(
        ShareConfig.from(settings),
        KafkaConfig.from(settings),
        settings.flag("msg.friendVerify", false),
        settings.number("msg.conversationRate", 2_500, 1, 1_000_000),
        settings.flag("msg.historyForNewMembers", true));
  }
}
