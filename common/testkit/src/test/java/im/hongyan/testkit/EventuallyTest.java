package im.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Proves that waiting ends with the first success, and reports the last failure when given up. */
class EventuallyTest {
  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void failuresAreTriedAgainUntilACallSucceeds() {
    int result =
        Eventually.value(() -> {
          if (calls.incrementAndGet() < 3) {
            throw new IllegalStateException("too early");
          }
          return calls.get();
        });
    assertThat(result).isEqualTo(3);
  }

  @Test
  void assertionsAreTriedAgainUntilTheyHold() {
    Eventually.eventually(() -> assertThat(calls.incrementAndGet()).isGreaterThan(2));
    Eventually.until("five calls", () -> calls.incrementAndGet() >= 5);
    assertThat(calls).hasValue(5);
  }

  @Test
  void anInterruptedWaitGivesUpWithTheLastFailure() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Eventually.until("a miracle", () -> false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not yet: a miracle");
    assertThat(Thread.interrupted()).isTrue();
  }
}
