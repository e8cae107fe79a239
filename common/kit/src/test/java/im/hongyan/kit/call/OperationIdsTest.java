package im.hongyan.kit.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves that of a long trace id whole characters of at most 128 bytes are kept. */
class OperationIdsTest {
  @ParameterizedTest
  @CsvSource({
    "a, 128, 128",
    "a, 129, 128",
    "é, 64, 128",
    "é, 65, 128",
    "雁, 43, 126",
    "🎉, 33, 128"
  })
  void longIdsAreCutBetweenCharacters(String character, int times, int keptBytes) {
    String cut = OperationIds.cut(character.repeat(times));
    assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSize(keptBytes);
    assertThat(character.repeat(times)).startsWith(cut);
  }
}
