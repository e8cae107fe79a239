package im.hongyan.kit.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Proves what limits let through and refuse (websocket.md 10.1, 10.3), and that they forget. */
class LimitsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private double meter(String name) {
    return meters.get(name).tag("limit", "test").meter().measure().iterator().next().getValue();
  }

  @Test
  void eachKeyHasItsOwnLimit() {
    KeyedLimit<String> limit = new KeyedLimit<>("test", 2, meters);
    assertThat(limit.enter("a")).isTrue();
    assertThat(limit.enter("a")).isTrue();
    assertThat(limit.enter("a")).isFalse();
    assertThat(limit.enter("b")).isTrue();
    assertThat(meter("limit_rejected")).isEqualTo(1);
    limit.leave("a");
    assertThat(limit.enter("a")).isTrue();
    assertThat(limit.active("a")).isEqualTo(2);
  }

  @Test
  void onlyKeysInUseAreRemembered() {
    KeyedLimit<String> limit = new KeyedLimit<>("test", 1, meters);
    limit.enter("a");
    limit.enter("a");
    limit.enter("b");
    assertThat(meter("limit_keys")).isEqualTo(2);
    limit.leave("a");
    limit.leave("b");
    assertThat(meter("limit_keys")).isZero();
    limit.leave("c");
    assertThat(limit.active("c")).isZero();
    assertThat(meter("limit_keys")).isZero();
  }

  @Test
  void bytesAreBoundPerKeyAndInAll() {
    ByteBudget<String> budget = new ByteBudget<>("test", 10, 6, meters);
    assertThat(budget.take("a", 6)).isTrue();
    assertThat(budget.take("a", 1)).as("beyond the key's share").isFalse();
    assertThat(budget.take("b", 5)).as("beyond what all may have").isFalse();
    assertThat(budget.take("b", 4)).isTrue();
    assertThat(meters.get("budget_rejected").counter().count()).isEqualTo(2);
    budget.give("a", 2);
    assertThat(budget.take("b", 2)).isTrue();
    assertThat(budget.taken()).isEqualTo(10);
  }

  @Test
  void budgetRemembersOnlyKeysThatHoldBytes() {
    ByteBudget<String> budget = new ByteBudget<>("test", 10, 6, meters);
    budget.take("a", 4);
    budget.take("a", 7);
    assertThat(meters.get("budget_keys").gauge().value()).isEqualTo(1);
    budget.give("a", 4);
    assertThat(meters.get("budget_keys").gauge().value()).isZero();
    assertThat(budget.taken()).isZero();
  }

  @Test
  void aBucketHoldsItsBurstAndFillsAtItsRate() {
    for (long start : List.of(0L, Long.MAX_VALUE - 1_000, Long.MIN_VALUE, -5L)) {
      RateLimit limit = new RateLimit(RateLimit.Rate.perSecond(10, 3), start);
      assertThat(takes(limit, start)).as("from %s", start).isEqualTo(3);
      assertThat(takes(limit, start + 99_999_999)).isZero();
      assertThat(takes(limit, start + 100_000_000)).isEqualTo(1);
      assertThat(takes(limit, start + 300_000_000)).isEqualTo(2);
      assertThat(takes(limit, start + 3_600_000_000_000L)).isEqualTo(3);
    }
  }

  private static int takes(RateLimit limit, long nowNanos) {
    int taken = 0;
    while (limit.take(nowNanos)) {
      taken++;
    }
    return taken;
  }

  @Test
  void inTheLongRunNoMoreThanTheRatePasses() {
    RateLimit limit = new RateLimit(RateLimit.Rate.perSecond(50, 10), 0);
    int passed = 0;
    for (long now = 0; now < 10_000_000_000L; now += 1_000_000) {
      passed += limit.take(now) ? 1 : 0;
    }
    assertThat(passed).isBetween(500, 510);
  }

  @Test
  void aRateNeedsTokens() {
    assertThatThrownBy(() -> new RateLimit.Rate(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RateLimit.Rate(1, 0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aTokenThatIsGivenBackCanBeTakenAgain() {
    RateLimit limit = new RateLimit(RateLimit.Rate.perMinute(2), 0);
    assertThat(takes(limit, 0)).isEqualTo(2);
    limit.giveBack();
    assertThat(takes(limit, 0)).isEqualTo(1);
    assertThat(takes(limit, TimeUnit.SECONDS.toNanos(29))).isZero();
    assertThat(takes(limit, TimeUnit.SECONDS.toNanos(30))).isEqualTo(1);
  }

  @Test
  void anEmptyBucketSaysWhenItHasATokenAgain() {
    RateLimit limit = new RateLimit(RateLimit.Rate.perSecond(10, 2), 0);
    assertThat(limit.waitNanos(0)).isZero();
    assertThat(limit.take(0)).isTrue();
    assertThat(limit.waitNanos(0)).isZero();
    assertThat(limit.take(0)).isTrue();
    long wait = limit.waitNanos(0);
    assertThat(wait).isEqualTo(TimeUnit.MILLISECONDS.toNanos(100));
    assertThat(limit.take(wait - 1)).isFalse();
    assertThat(limit.waitNanos(wait)).isZero();
    assertThat(limit.take(wait)).isTrue();
    limit.giveBack();
    assertThat(limit.waitNanos(wait)).as("what is given back").isZero();
  }
}
