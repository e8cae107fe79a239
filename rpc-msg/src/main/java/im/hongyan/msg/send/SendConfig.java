package im.hongyan.msg.send;

import im.hongyan.kit.config.Live;
import im.hongyan.kit.config.Settings;

/**
 * How messages are taken.
 *
 * @param friendVerify whether only friends of the receiver may send in single checks
 * @param conversationRate messages a second that users may send into one conversation, through one
 *     process
 * @param historyForNewMembers whether members of a group may read what was written before they
 *     joined
 * @param concurrentSends messages of gateways that one process takes at once
 * @param concurrentSendBytes of them
 */
public record SendConfig(
    Live<Boolean> friendVerify,
    Live<Integer> conversationRate,
    Live<Boolean> historyForNewMembers,
    int concurrentSends,
    int concurrentSendBytes) {
  /** Reads section {@code msg}. */
  public static SendConfig from(Settings settings) {
    return new SendConfig(
        settings.live(from -> from.flag("msg.friendVerify", false)),
        settings.live(from -> from.number("msg.conversationRate", 2_500, 1, 1_000_000)),
        settings.live(from -> from.flag("msg.historyForNewMembers", true)),
        settings.number("msg.maxConcurrentSends", 10_000, 1, 1_000_000),
        settings.number("msg.maxConcurrentSendBytes", 16 << 20, 1 << 20, 1 << 30));
  }
}
