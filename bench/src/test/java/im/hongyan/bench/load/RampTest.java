package im.hongyan.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves which rates a ramp tries, and which it names. */
class RampTest {
  @Test
  void itClosesInOnTheHighestRateThatHolds() {
    Ramp ramp = new Ramp(100, 10_000, 2, 3);
    assertThat(play(ramp, 600)).containsExactly(100.0, 200.0, 400.0, 800.0, 566.0, 673.0, 617.0);
    assertThat(ramp.best()).isEqualTo(566);
  }

  @Test
  void itStopsAtTheHighestRateWorthTrying() {
    Ramp ramp = new Ramp(100, 250, 2, 3);
    assertThat(play(ramp, 1_000)).containsExactly(100.0, 200.0, 250.0);
    assertThat(ramp.best()).isEqualTo(250);
  }

  @Test
  void itGivesUpWhenTheFirstRateDoesNotHold() {
    Ramp ramp = new Ramp(100, 250, 2, 3);
    assertThat(play(ramp, 10)).containsExactly(100.0);
    assertThat(ramp.best()).isZero();
  }

  @Test
  void itMustGoUp() {
    assertThatThrownBy(() -> new Ramp(100, 50, 2, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Ramp(100, 200, 1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  private static List<Double> play(Ramp ramp, double limit) {
    List<Double> tried = new ArrayList<>();
    while (ramp.hasNext()) {
      tried.add(ramp.next());
      ramp.result(ramp.next() <= limit);
    }
    return tried;
  }
}
