package im.hongyan.auth.login;

import im.hongyan.testkit.TestClock;
import im.hongyan.wire.token.TokenCodec;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;

/** A service of tokens for tests. */
public final class Tokens {
  /** The administrator. */
  public static final String ADMIN = "imAdmin";

  /** How long tokens are good for. */
  public static final Duration VALIDITY = Duration.ofDays(90);

  private Tokens() {}

  /** A service over a store. */
  public static TokenService service(TokenStore store, LoginPolicy policy, TestClock clock) {
    return new TokenService(
        new TokenCodec("secret", clock),
        store,
        new TokenService.Rules(policy, VALIDITY, Set.of(ADMIN)),
        clock,
        new SimpleMeterRegistry().counter("user_login"));
  }
}
