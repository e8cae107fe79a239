package im.hongyan.relation.outbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that moves when told. Safe for use by several threads. */
final class TestClock implements InstantSource {
  private volatile Instant now = Instant.ofEpochMilli(1_800_000_000_000L);

  @Override
  public Instant instant() {
    return now;
  }

  /** Moves on; by one thread at a time. */
  void advance(Duration by) {
    now = now.plus(by);
  }
}
