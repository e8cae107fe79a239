package im.hongyan.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proves that the simulation would notice if a rule of docs/sequencing.md were not kept. */
class RuleSwitchesTest {
  private static final long MOST_SEEDS = 30_000;

  @ParameterizedTest
  @EnumSource(value = Rule.class, mode = EnumSource.Mode.EXCLUDE, names = "TAIL_BEFORE_HISTORY")
  void aRuleThatIsOffIsNoticed(Rule rule) {
    Seeds seeds = Seeds.run(1, MOST_SEEDS, Set.of(rule));
    assertThat(seeds.fault()).as("within %d seeds", MOST_SEEDS).isNotNull();
    Seeds.Fault fault = Objects.requireNonNull(seeds.fault());
    assertThat(fault.broken()).isInstanceOf(Violation.class);
    System.out.println(
        rule + " off: seed " + fault.seed() + " shows it: " + fault.broken().getMessage());
  }
}
