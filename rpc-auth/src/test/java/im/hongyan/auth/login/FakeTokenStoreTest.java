package im.hongyan.auth.login;

import im.hongyan.testkit.TestClock;
import im.hongyan.wire.id.UserId;
import java.time.Duration;
import java.time.Instant;

/** Proves that the store of the other tests does what the real one does. */
class FakeTokenStoreTest extends TokenStoreContract {
  private final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final FakeTokenStore fake = new FakeTokenStore(clock);
  private int users;

  @Override
  protected TokenStore store() {
    return fake;
  }

  @Override
  protected UserId newUser() {
    return new UserId("user-" + users++);
  }

  @Override
  protected void emptyRedis() {
    // The clock alone keeps epochs rising over a loss.
    clock.advance(Duration.ofMillis(1));
    fake.emptyRedis();
  }
}
