package im.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves that a missing tool skips with a clear line, and fails where it is required. */
class RequiresToolConditionTest {
  @Test
  void aToolThatIsThereRunsTheTest() {
    assertThat(RequiresToolCondition.decide("go", Map.of(), tool -> true).isDisabled()).isFalse();
  }

  @Test
  void aMissingToolSkipsWithItsName() {
    var result = RequiresToolCondition.decide("go", Map.of(), tool -> false);
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason()).hasValueSatisfying(r -> assertThat(r).startsWith("go is not"));
  }

  @Test
  void aRequiredMissingToolFails() {
    Map<String, String> environment = Map.of("HONGYAN_REQUIRE", "browser, go");
    assertThatThrownBy(() -> RequiresToolCondition.decide("go", environment, tool -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("go is not installed, and HONGYAN_REQUIRE lists go");
    assertThat(RequiresToolCondition.decide("docker", environment, t -> false).isDisabled())
        .isTrue();
  }

  @Test
  void executablesAreFoundOnThePath() {
    assertThat(RequiresToolCondition.find("sh")).isPresent();
    assertThat(RequiresToolCondition.find("no-such-tool-here")).isEmpty();
  }
}
