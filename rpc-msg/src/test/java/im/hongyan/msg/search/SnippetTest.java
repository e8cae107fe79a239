package im.hongyan.msg.search;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.messagelog.search.SearchAnalyzer;
import im.hongyan.messagelog.search.SearchQuery;
import org.junit.jupiter.api.Test;

/** Proves which part of a text is shown, and that no character is cut in two. */
class SnippetTest {
  private static String snippet(String text, String keyword) {
    SearchQuery query = new SearchAnalyzer().query(keyword);
    return Snippet.of(text, query);
  }

  @Test
  void aShortTextIsShownWhole() {
    assertThat(snippet("a Heron", "heron")).isEqualTo("a Heron");
  }

  @Test
  void aLongTextIsShownAroundTheWord() {
    String text = "x ".repeat(200) + "Heron" + " y".repeat(200);
    String shown = snippet(text, "heron");
    assertThat(shown).startsWith("…").endsWith("…").contains("Heron");
    assertThat(shown.length()).isLessThanOrEqualTo(Snippet.CHARS + 2);
    assertThat(snippet("Heron" + " y".repeat(200), "heron")).startsWith("Heron").endsWith("…");
    assertThat(snippet("y ".repeat(200) + "Heron", "heron")).startsWith("…").endsWith("Heron");
  }

  @Test
  void charactersStayWhole() {
    String text = "😀".repeat(100) + "爬山" + "😀".repeat(100);
    String shown = snippet(text, "爬山").replace("…", "");
    assertThat(shown.codePoints().filter(point -> point >= 0xd800 && point <= 0xdfff)).isEmpty();
    assertThat(shown).contains("爬山");
  }
}
