package im.hongyan.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

/** Proves which durations the command line takes. */
class DurationOptionTest {
  private final DurationOption option = new DurationOption();

  @Test
  void unitsAreWrittenAsPeopleDo() {
    assertThat(option.convert("20s")).isEqualTo(Duration.ofSeconds(20));
    assertThat(option.convert("1m30s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(option.convert("200ms")).isEqualTo(Duration.ofMillis(200));
    assertThat(option.convert("0.5s")).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void anythingElseIsRefusedWithAnExample() {
    for (String bad : new String[] {"", "20", "s", "-5s", "ms", "-5ms"}) {
      assertThatThrownBy(() -> option.convert(bad))
          .isInstanceOf(TypeConversionException.class)
          .hasMessageContaining("such as 20s");
    }
  }
}
