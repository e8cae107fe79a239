package im.hongyan.bench.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Proves that a message's number survives its id, and that other ids are recognised. */
class MessageNumbersTest {
  @Test
  void aNumberSurvivesItsId() {
    MessageNumbers numbers = new MessageNumbers(-5);
    assertThat(numbers.id(3)).isEqualTo("fffffffffffffffb0000000000000003");
    assertThat(numbers.number(numbers.id(3))).isEqualTo(3);
    assertThat(numbers.number(numbers.id(Integer.MAX_VALUE))).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void idsOfOthersAreForeign() {
    MessageNumbers numbers = new MessageNumbers(9);
    assertThat(numbers.number("")).isEqualTo(MessageNumbers.FOREIGN);
    assertThat(numbers.number("x".repeat(32))).isEqualTo(MessageNumbers.FOREIGN);
    assertThat(numbers.number(new MessageNumbers(8).id(1))).isEqualTo(MessageNumbers.FOREIGN);
    assertThat(numbers.number("0000000000000009ffffffffffffffff"))
        .isEqualTo(MessageNumbers.FOREIGN);
  }
}
