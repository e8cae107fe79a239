package im.hongyan.auth.login;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves when told. Used by one thread. */
public final class TestClock implements InstantSource {
  private volatile Instant now;

  /** Starts at a time. */
  public TestClock(Instant now) {
    this.now = now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves on. */
  public void advance(Duration by) {
    now = now.plus(by);
  }
}
