package im.hongyan.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves that a seed can be given, and that none is drawn twice where none is. */
class TestSeedsTest {
  @Test
  void theEnvironmentGivesTheSeed() {
    assertThat(TestSeeds.given(Map.of("HONGYAN_SEED", "-7"))).hasValue(-7);
    assertThat(TestSeeds.given(Map.of())).isEmpty();
    assertThat(TestSeeds.name(-7)).isEqualTo("HONGYAN_SEED=-7");
  }

  @Test
  void aParameterGetsASeed(@Seeded long one, @Seeded long two) {
    assertThat(TestSeeds.given().isPresent() ? one == two : one != two).isTrue();
  }
}
