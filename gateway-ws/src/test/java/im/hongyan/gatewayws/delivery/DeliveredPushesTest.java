package im.hongyan.gatewayws.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.TestSeeds;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Proves that no push is taken twice, that none is lost, and that little is remembered. */
class DeliveredPushesTest {
  /** Seeded: slices in any order within a window, some repeated, are each taken exactly once. */
  @Test
  void eachSliceIsTakenOnceInAnyOrder() {
    for (long seed : TestSeeds.given(20).toArray()) {
      Random random = new Random(seed);
      DeliveredPushes taken = new DeliveredPushes();
      Set<Long> open = new HashSet<>();
      long next = 0;
      for (int step = 0; step < 20_000; step++) {
        if (random.nextInt(3) > 0) {
          long offset = next++;
          assertThat(taken.take(offset, 0, 8, lowest(open, offset)))
              .as(TestSeeds.name(seed))
              .isTrue();
          open.add(offset);
        } else if (!open.isEmpty()) {
          long offset = open.iterator().next();
          assertThat(taken.take(offset, 0, 8, lowest(open, offset))).isFalse();
          assertThat(taken.take(offset, 7, 8, lowest(open, offset))).isTrue();
          assertThat(taken.take(offset, 7, 8, lowest(open, offset))).isFalse();
          open.remove(offset);
        }
        if (open.size() > 50) {
          open.clear();
        }
      }
      assertThat(taken.remembered()).isLessThan(1_100);
    }
  }

  private static long lowest(Set<Long> open, long offset) {
    return open.stream().mapToLong(Long::longValue).min().orElse(offset);
  }

  @Test
  void aSenderThatSettlesNothingIsRememberedToABound() {
    DeliveredPushes taken = new DeliveredPushes();
    for (long offset = 0; offset < 1_000_000; offset++) {
      assertThat(taken.take(offset, 0, 1, 0)).isTrue();
    }
    assertThat(taken.remembered()).isLessThanOrEqualTo(2 * DeliveredPushes.MOST);
    assertThat(taken.take(999_999, 0, 1, 0)).isFalse();
    assertThat(taken.take(0, 0, 1, 0)).isFalse();
    assertThat(taken.take(1_000_000, 1, 2, 0)).isTrue();
  }

  @Test
  void partsOfAnotherCutAreNotTaken() {
    DeliveredPushes taken = new DeliveredPushes();
    assertThat(taken.take(5, 0, 4, 0)).isTrue();
    assertThat(taken.take(5, 1, 8, 0)).as("may name users of the first part").isFalse();
    assertThat(taken.take(5, 0, 1, 0)).isFalse();
    assertThat(taken.take(5, 3, 4, 0)).isTrue();
    assertThat(taken.take(5, 4, 4, 0)).as("no such part").isFalse();
    assertThat(taken.take(6, 0, 1, 0)).isTrue();
    assertThat(taken.take(6, 1, 2, 0)).isFalse();
  }
}
