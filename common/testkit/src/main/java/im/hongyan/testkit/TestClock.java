package im.hongyan.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that stays the same until it is moved. Safe for use by several threads; one of them moves
 * it.
 */
public final class TestClock implements InstantSource {
  private volatile Instant now;

  /** Stands at a time. */
  public TestClock(Instant now) {
    this.now = now;
  }

  /** Stands somewhere in the year 2027. */
  public static TestClock fixed() {
    return new TestClock(Instant.ofEpochMilli(1_800_000_000_000L));
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
