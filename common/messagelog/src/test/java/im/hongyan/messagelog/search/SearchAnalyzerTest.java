package im.hongyan.messagelog.search;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Seeded;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Proves which words a text is found by, and which it is not: whatever is a part of a text between
 * two bounds of words, or within characters, finds it.
 */
class SearchAnalyzerTest {
  private final SearchAnalyzer analyzer = new SearchAnalyzer();

  @ParameterizedTest
  @CsvSource({
    "The report is READY, report, true",
    "The report is READY, ready REPORT, true",
    "The report is READY, rep, false",
    "Das Café schließt, cafe, true",
    "Das Café schließt, schliesst, true",
    "ＦＵＬＬ ｗｉｄｔｈ, full width, true",
    "quarterly_report.v2.pdf, report, true",
    "quarterly_report.v2.pdf, PDF, true",
    "costs 3.14 today, 3.14, true",
    "costs 3.14 today, 14, false",
    "don't do that, don't, true",
    "今天晚上去爬山吗, 爬山, true",
    "今天晚上去爬山吗, 晚上去爬山, true",
    "今天晚上去爬山吗, 山, true",
    "今天晚上去爬山吗, 山爬, false",
    "今天去爬 晚上看山, 爬山, false",
    "今天上 天晚上, 今天晚, false",
    "今天 report 已完成, report 完成, true",
    "東京タワーへ行きました, タワー, true",
    "ﾀﾜｰに行く, タワー, true",
    "안녕하세요 여러분, 하세, true",
    "party 🎉 tonight, 🎉, true",
    "party tonight, 🎉, false",
  })
  void textsAreFoundByTheirWords(String text, String keyword, boolean found) {
    assertThat(analyzer.matches(analyzer.query(keyword), text)).isEqualTo(found);
  }

  @ParameterizedTest
  @CsvSource({"''", "'  '", "'?!…'", "'-- . _'"})
  void whatHasNoWordAsksForNothing(String keyword) {
    assertThat(analyzer.query(keyword).isEmpty()).isTrue();
  }

  @Test
  void aTextIsBounded() {
    String word = "needle";
    String far = "hay ".repeat(SearchAnalyzer.MAX_TEXT_CHARS / 4) + word;
    assertThat(analyzer.matches(analyzer.query(word), far)).isFalse();
    String many = IntStream.range(0, 5_000).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    assertThat(analyzer.terms(SearchAnalyzer.folded(many)))
        .hasSizeLessThanOrEqualTo(SearchAnalyzer.MAX_TERMS);
    // The last character that fits is the first half of one.
    String cut = "a".repeat(SearchAnalyzer.MAX_TEXT_CHARS - 1) + "😀";
    assertThat(SearchAnalyzer.folded(cut)).hasSize(SearchAnalyzer.MAX_TEXT_CHARS - 1);
  }

  /** Any characters, in any mixture: nothing throws, and a text is found by its own parts. */
  @RepeatedTest(20)
  void everyPartOfATextFindsIt(@Seeded long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      String[] words =
          IntStream.range(0, 1 + random.nextInt(6))
              .mapToObj(_ -> word(random))
              .toArray(String[]::new);
      String text = String.join(" ", words);
      int from = random.nextInt(words.length);
      int to = from + 1 + random.nextInt(words.length - from);
      String part = String.join(" ", Arrays.asList(words).subList(from, to));
      SearchQuery query = analyzer.query(part);
      assertThat(analyzer.terms(SearchAnalyzer.folded(text)))
          .as("terms of '%s' in '%s'", part, text)
          .containsAll(query.terms());
      assertThat(analyzer.matches(query, text)).as("'%s' in '%s'", part, text).isTrue();
    }
  }

  /** Each stretch of characters is found, wherever it begins. */
  @RepeatedTest(20)
  void everyStretchOfCharactersFindsItsText(@Seeded long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      String text = characters(random, 2 + random.nextInt(20));
      int from = random.nextInt(text.length());
      String part = text.substring(from, from + 1 + random.nextInt(text.length() - from));
      assertThat(analyzer.matches(analyzer.query(part), text))
          .as("'%s' in '%s'", part, text)
          .isTrue();
    }
  }

  @RepeatedTest(5)
  void anyTextIsTakenApart(@Seeded long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      String text =
          random
              .ints(random.nextInt(60), 0, 0x30000)
              .filter(point -> point < 0xd800 || point > 0xdfff)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      analyzer.query(text);
      analyzer.terms(SearchAnalyzer.folded(text));
    }
  }

  private static String word(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> characters(random, 1 + random.nextInt(6));
      case 1 -> Integer.toString(random.nextInt(100_000));
      default ->
          random
              .ints(1 + random.nextInt(8), 'A', 'Z' + 1)
              .map(c -> random.nextBoolean() ? c : c + 32)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
    };
  }

  private static String characters(Random random, int count) {
    return random
        .ints(count, 0x4e00, 0x9000)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
