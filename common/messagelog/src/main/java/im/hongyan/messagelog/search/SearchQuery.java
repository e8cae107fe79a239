package im.hongyan.messagelog.search;

import java.util.List;

/**
 * What is asked for: a message has all of it.
 *
 * @param terms words, and characters side by side
 * @param runs stretches of Chinese, Japanese and Korean, which stand in the text as they are
 */
public record SearchQuery(List<String> terms, List<String> runs) {
  /** Copies. */
  public SearchQuery {
    terms = List.copyOf(terms);
    runs = List.copyOf(runs);
  }

  /** Whether it asks for nothing. */
  public boolean isEmpty() {
    return terms.isEmpty();
  }
}
