package im.hongyan.transfer;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.messagelog.search.SearchConfig;
import im.hongyan.transfer.follower.AcceptedLosses;
import java.time.Duration;

/**
 * Settings of msg-transfer.
 *
 * @param inboxKept how long the inbox keeps messages, in whole days
 * @param accepted what an operator has given up
 * @param search where the index of words is
 * @param historyKept how long history is kept; zero for good
 */
public record TransferConfig(
    KafkaConfig kafka,
    Duration inboxKept,
    AcceptedLosses accepted,
    SearchConfig search,
    Duration historyKept) {
  /** Checks the days. */
  public TransferConfig {
    if (inboxKept.compareTo(Duration.ofDays(1)) < 0) {
      throw new ConfigException("inbox.retention must be a day or longer");
    }
  }

  /**
   * Reads sections {@code kafka}, {@code inbox}, {@code recovery}, {@code search}, {@code history}.
   */
  public static TransferConfig from(Settings settings) {
    return new TransferConfig(
        KafkaConfig.from(settings),
        settings.duration("inbox.retention", Duration.ofDays(14)),
        AcceptedLosses.from(settings),
        SearchConfig.from(settings),
        settings.duration("history.retention", Duration.ZERO));
  }
}
