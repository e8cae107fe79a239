package im.hongyan.gatewayws.login;

import im.hongyan.wire.id.Platform;

/**
 * Which older connections a newer login ends (websocket.md 6.4), never one with the same token.
 * Immutable.
 *
 * @param policy {@code share.multiLogin.policy}: 0, 1, 4 or 5
 */
public record LoginRules(int policy) {
  private static final String PC = Platform.WINDOWS.loginClass();

  /** Whether a login on one platform ends an older one on the other. */
  public boolean ends(Platform newer, Platform older) {
    return switch (policy) {
      case 0 -> false;
      case 1 -> newer == older;
      case 4 -> newer.loginClass().equals(older.loginClass());
      case 5 -> !newer.loginClass().equals(PC) && !older.loginClass().equals(PC);
      default -> throw new IllegalStateException("unknown multiLogin policy " + policy);
    };
  }
}
