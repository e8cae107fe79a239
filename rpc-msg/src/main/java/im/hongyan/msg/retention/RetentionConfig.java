package im.hongyan.msg.retention;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.time.Duration;

/**
 * How long history is kept.
 *
 * @param kept since a message was sent; zero for good
 */
public record RetentionConfig(Duration kept) {
  private static final Duration LEAST = Duration.ofDays(2);

  /** Checks the time: as long as a message may be sent once more and gets its first ids. */
  public RetentionConfig {
    if (!kept.isZero() && kept.compareTo(LEAST) < 0) {
      throw new ConfigException("history.retention must be two days or longer, or 0 for good");
    }
  }

  /** Reads section {@code history}. */
  public static RetentionConfig from(Settings settings) {
    return new RetentionConfig(settings.duration("history.retention", Duration.ZERO));
  }

  /** Whether nothing goes by itself. */
  public boolean forGood() {
    return kept.isZero();
  }
}
