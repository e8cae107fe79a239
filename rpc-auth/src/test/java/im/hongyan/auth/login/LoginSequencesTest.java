package im.hongyan.auth.login;

import im.hongyan.testkit.TestClock;
import im.hongyan.testkit.TestSeeds;
import im.hongyan.wire.id.UserId;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Proves the rules of {@link LoginSequences} over the fake store; {@code HONGYAN_SEED} repeats. */
class LoginSequencesTest {
  private static final int SEQUENCES = 100;
  private static final int STEPS = 120;

  @Test
  void theRulesHold() {
    long first = TestSeeds.choose();
    System.out.println("LoginSequencesTest: HONGYAN_SEED=" + first);
    for (long seed = first; seed != first + SEQUENCES; seed++) {
      TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
      FakeTokenStore store = new FakeTokenStore(clock);
      Runnable empty =
          () -> {
            clock.advance(Duration.ofMillis(1));
            store.emptyRedis();
          };
      LoginSequences.run(
          new LoginSequences.World(store, clock, new UserId("user"), empty), seed, STEPS);
    }
  }
}
