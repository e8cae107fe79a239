package im.hongyan.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Proves when messages are due: evenly without drift, or at random with the right mean. */
class ArrivalsTest {
  @Test
  void constantArrivalsKeepTheirRateWithoutDrift() {
    Arrivals arrivals = Arrivals.constant(3);
    assertThat(arrivals.nextNanos()).isZero();
    assertThat(arrivals.nextNanos()).isEqualTo(333_333_333);
    assertThat(arrivals.nextNanos()).isEqualTo(666_666_667);
    for (int i = 3; i < 3_000_000; i++) {
      arrivals.nextNanos();
    }
    assertThat(arrivals.nextNanos()).isEqualTo(1_000_000_000_000_000L);
  }

  @Test
  void poissonArrivalsRepeatWithTheirSeedAndHaveTheRateOnAverage() {
    Arrivals one = Arrivals.poisson(1_000, 7);
    Arrivals same = Arrivals.poisson(1_000, 7);
    int arrivals = 100_000;
    long last = 0;
    for (int i = 0; i < arrivals; i++) {
      long next = one.nextNanos();
      assertThat(next).isGreaterThanOrEqualTo(last).isEqualTo(same.nextNanos());
      last = next;
    }
    // The standard deviation of the sum is 0.3 %.
    assertThat(last / (double) arrivals).isBetween(985_000.0, 1_015_000.0);
    assertThat(Arrivals.poisson(1_000, 8).nextNanos())
        .isNotEqualTo(Arrivals.poisson(1_000, 7).nextNanos());
  }

  @Test
  void aRateMustBeAboveZero() {
    assertThatThrownBy(() -> Arrivals.constant(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Arrivals.poisson(Double.NaN, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
