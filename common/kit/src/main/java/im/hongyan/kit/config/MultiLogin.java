package im.hongyan.kit.config;

/**
 * Which logins of a user live side by side (websocket.md 6.4); applied by rpc-auth to tokens and by
 * the gateways to connections.
 *
 * @param policy 0 all, 1 one per platform, 4 one per class of platforms, 5 PC freely and one other
 * @param mostPerPlatform tokens of a platform under policy 0
 */
public record MultiLogin(int policy, int mostPerPlatform) {
  /** Reads section {@code share.multiLogin}. */
  public static MultiLogin from(Settings settings) {
    int policy = settings.number("share.multiLogin.policy", 1, 0, 5);
    if (policy == 2 || policy == 3) {
      throw new ConfigException("share.multiLogin.policy must be 0, 1, 4 or 5, not " + policy);
    }
    return new MultiLogin(policy, settings.number("share.multiLogin.maxNumOneEnd", 30, 1, 10_000));
  }
}
