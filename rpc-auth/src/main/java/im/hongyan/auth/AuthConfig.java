package im.hongyan.auth;

import im.hongyan.auth.login.LoginPolicy;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import java.time.Duration;

/**
 * Settings of rpc-auth.
 *
 * @param validity how long a token is good for
 * @param policy which tokens a new one ends
 */
public record AuthConfig(ShareConfig share, Duration validity, LoginPolicy policy) {
  /** Reads sections {@code share} and {@code auth}. */
  public static AuthConfig from(Settings settings) {
    ShareConfig share = ShareConfig.from(settings);
    return new AuthConfig(
        share,
        settings.duration("auth.tokenPolicy.expire", Duration.ofDays(90)),
        new LoginPolicy(share.multiLogin().policy(), share.multiLogin().mostPerPlatform()));
  }
}
