package im.hongyan.msg.search;

import im.hongyan.messagelog.search.SearchQuery;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/** The part of a text that is shown of a hit. Stateless. */
final class Snippet {
  static final int CHARS = 120;
  private static final int BEFORE = 30;
  private static final String CUT = "…";

  private Snippet() {}

  /** The text around what was asked for first; its beginning where that looks otherwise. */
  static String of(String text, SearchQuery query) {
    if (text.length() <= CHARS) {
      return text;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    int at =
        Stream.concat(query.runs().stream(), query.terms().stream())
            .map(lower::indexOf)
            .filter(found -> found >= 0)
            .min(Comparator.naturalOrder())
            .orElse(0);
    int from = boundary(text, Math.max(0, Math.min(at - BEFORE, text.length() - CHARS)));
    int to = boundary(text, Math.min(text.length(), from + CHARS));
    return (from > 0 ? CUT : "") + text.substring(from, to) + (to < text.length() ? CUT : "");
  }

  /** Never between the halves of a character. */
  private static int boundary(String text, int at) {
    return at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
  }
}
