package im.hongyan.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Proves that wrong guesses are bounded by the minute and right ones cost nothing. */
class GuessLimitTest {
  private final TestClock clock = new TestClock(Instant.EPOCH);
  private final GuessLimit limit = new GuessLimit(3, clock);

  private int taken() {
    int taken = 0;
    while (taken < 100 && limit.take()) {
      taken++;
    }
    return taken;
  }

  @Test
  void aMinuteHasItsGuessesAndNoMore() {
    assertThat(taken()).isEqualTo(3);
    clock.advance(Duration.ofSeconds(19));
    assertThat(taken()).isZero();
    clock.advance(Duration.ofSeconds(1));
    assertThat(taken()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(40));
    assertThat(taken()).isEqualTo(2);
  }

  @Test
  void noMoreThanAMinutesGuessesGather() {
    assertThat(taken()).isEqualTo(3);
    clock.advance(Duration.ofDays(1));
    assertThat(taken()).isEqualTo(3);
  }

  @Test
  void aRightGuessIsGivenBack() {
    for (int i = 0; i < 10; i++) {
      assertThat(limit.take()).isTrue();
      limit.giveBack();
    }
    assertThat(taken()).isEqualTo(3);
    limit.giveBack();
    clock.advance(Duration.ofMinutes(1));
    limit.giveBack();
    assertThat(taken()).isEqualTo(3);
  }

  @Test
  void aClockThatGoesBackFillsNothing() {
    assertThat(taken()).isEqualTo(3);
    clock.advance(Duration.ofMinutes(-5));
    assertThat(taken()).isZero();
    clock.advance(Duration.ofSeconds(20));
    assertThat(taken()).isEqualTo(1);
  }
}
