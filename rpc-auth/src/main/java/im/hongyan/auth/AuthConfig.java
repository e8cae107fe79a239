package im.hongyan.auth;

import im.hongyan.auth.login.LoginPolicy;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.platform.ShareConfig;
import java.time.Duration;

/**
 * Settings of rpc-auth.
 *
 * @param validity how long a token is good for
 * @param policy which tokens a new one ends
 * @param secretGuessesPerMinute wrong secrets that one process compares in a minute
 */
public record AuthConfig(
    ShareConfig share, Duration validity, LoginPolicy policy, int secretGuessesPerMinute) {
  private static final int MOST_GUESSES = 1_000_000;

  /** Reads sections {@code share} and {@code auth}. */
  public static AuthConfig from(Settings settings) {
    ShareConfig share = ShareConfig.from(settings);
    return new AuthConfig(
        share,
        settings.duration("auth.tokenPolicy.expire", Duration.ofDays(90)),
        new LoginPolicy(share.multiLogin().policy(), share.multiLogin().mostPerPlatform()),
        settings.number("auth.secretGuessesPerMinute", 60, 1, MOST_GUESSES));
  }
}
