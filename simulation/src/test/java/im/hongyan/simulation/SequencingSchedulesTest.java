package im.hongyan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.TestSeeds;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Proves the promises of sequencing over schedules of kills, pauses, second owners and losing
 * stores. Environment: HONGYAN_SCHEDULES is their number, HONGYAN_SEED runs that one alone and
 * prints what happens in it.
 */
class SequencingSchedulesTest {
  private static final long SCHEDULES = 10_000;

  @Test
  void noSchedulesBreaksAPromise() {
    OptionalLong seed = TestSeeds.given();
    if (seed.isPresent()) {
      Seeds.replay(seed.getAsLong(), Set.of(), System.out::println);
      return;
    }
    String wanted = System.getenv("HONGYAN_SCHEDULES");
    long count = wanted == null ? SCHEDULES : Long.parseLong(wanted);
    Seeds seeds = Seeds.run(1, count, Set.of());
    seeds.requireNoFault();
    Schedule.Outcome sum = seeds.sum();
    System.out.println(count + " schedules: " + sum);
    // What the schedules are made for did happen in them.
    assertThat(sum.messages()).isGreaterThan(count * 5);
    assertThat(sum.resends()).isGreaterThan(count);
    assertThat(sum.claims()).isGreaterThan(count * 3);
    assertThat(sum.voids()).isGreaterThan(count / 10);
    assertThat(sum.reloads()).isGreaterThan(count / 2);
    assertThat(sum.kills()).isGreaterThan(count);
    assertThat(sum.cuts()).isGreaterThan(count / 10);
  }

  /** A seed is worth something only if it leads to the same schedule each time. */
  @Test
  void aSeedIsDeterministic() {
    StringBuilder once = new StringBuilder();
    StringBuilder again = new StringBuilder();
    Seeds.replay(7, Set.of(), line -> once.append(line).append('\n'));
    Seeds.replay(7, Set.of(), line -> again.append(line).append('\n'));
    assertThat(again).hasToString(once.toString());
    assertThat(once).hasSizeGreaterThan(1_000);
  }
}
