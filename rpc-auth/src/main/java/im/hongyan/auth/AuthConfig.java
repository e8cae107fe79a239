package im.hongyan.auth;

import im.hongyan.auth.login.LoginPolicy;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.platform.ShareConfig;
import java.time.Duration;

/**
 * Settings of rpc-auth.
 *
 * @param validity how long a token is good for
 */
public record AuthConfig(ShareConfig share, Duration validity, LoginPolicy policy) {
  /** Reads sections {@code share} and {@code auth}. */
  public static AuthConfig from(Settings settings) {
    int policy = settings.number("share.multiLogin.policy", 1, 0, 5);
    if (policy == 2 || policy == 3) {
      throw new ConfigException("share.multiLogin.policy must be 0, 1, 4 or 5, not " + policy);
    }
    return new AuthConfig(
        ShareConfig.from(settings),
        settings.duration("auth.tokenPolicy.expire", Duration.ofDays(90)),
        new LoginPolicy(policy, settings.number("share.multiLogin.maxNumOneEnd", 30, 1, 10_000)));
  }
}
