package im.hongyan.wire.authz;

/**
 * Who makes a call.
 *
 * @param userId the acting user; empty for calls without a token
 * @param appAdmin whether the user is one of the configured IM administrators
 * @param service whether one of our own services calls on its own behalf
 */
public record Caller(String userId, boolean appAdmin, boolean service) {
  /** Somebody without a token. */
  public static final Caller ANONYMOUS = new Caller("", false, false);

  /** One of our own services. */
  public static final Caller SERVICE = new Caller("", false, true);

  /** Whether the caller is exempt from the checks on users: an administrator or one of us. */
  public boolean privileged() {
    return appAdmin || service;
  }
}
