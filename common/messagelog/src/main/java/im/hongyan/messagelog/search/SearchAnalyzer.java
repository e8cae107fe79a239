package im.hongyan.messagelog.search;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.cjk.CJKBigramFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;
import org.apache.lucene.analysis.tokenattributes.TypeAttribute;

/**
 * Takes texts apart, those of messages and those that are asked for alike: words in lower case and
 * without accents; of Chinese, Japanese and Korean each character and each two that stand side by
 * side. Single-threaded: each user has its own.
 */
public final class SearchAnalyzer {
  /** Which terms a text has; an index that was built by another one is built anew. */
  public static final String FORMAT = "1";

  /** What lies behind it in a text is not found. */
  public static final int MAX_TEXT_CHARS = 8_192;

  /** Further terms of a text are not found. */
  public static final int MAX_TERMS = 1_000;

  private static final Set<String> SCRIPTS =
      Set.of(
          type(StandardTokenizer.IDEOGRAPHIC),
          type(StandardTokenizer.HIRAGANA),
          type(StandardTokenizer.KATAKANA),
          type(StandardTokenizer.HANGUL));

  private final Chain indexed = new Chain(true);
  private final Chain asked = new Chain(false);
  private final StandardTokenizer runs = new StandardTokenizer();

  private static String type(int token) {
    return StandardTokenizer.TOKEN_TYPES[token];
  }

  /** A tokenizer with its filter. */
  private static final class Chain {
    private final StandardTokenizer source = new StandardTokenizer();
    private final TokenStream stream;
    private final CharTermAttribute term;

    Chain(boolean singles) {
      stream =
          new CJKBigramFilter(
              source,
              CJKBigramFilter.HAN
                  | CJKBigramFilter.HIRAGANA
                  | CJKBigramFilter.KATAKANA
                  | CJKBigramFilter.HANGUL,
              singles);
      term = stream.getAttribute(CharTermAttribute.class);
    }

    Set<String> terms(String folded) {
      Set<String> terms = new LinkedHashSet<>();
      try {
        source.setReader(new StringReader(folded));
        stream.reset();
        while (terms.size() < MAX_TERMS && stream.incrementToken()) {
          terms.add(term.toString());
        }
        stream.end();
        stream.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return terms;
    }
  }

  /**
   * A text in the one form that is compared: compatibility forms, capitals and accents are gone,
   * and what joins parts of a name, such as a full stop, is a space. Never longer than {@link
   * #MAX_TEXT_CHARS}.
   */
  public static String folded(String text) {
    String cut = cut(text);
    char[] out;
    int length;
    if (isAscii(cut)) {
      out = cut.toCharArray();
      length = out.length;
      for (int i = 0; i < length; i++) {
        out[i] = out[i] >= 'A' && out[i] <= 'Z' ? (char) (out[i] + 'a' - 'A') : out[i];
      }
    } else {
      char[] in = cut(normal(cut).toLowerCase(Locale.ROOT)).toCharArray();
      out = new char[4 * in.length];
      length = ASCIIFoldingFilter.foldToASCII(in, 0, out, 0, in.length);
    }
    for (int i = 0; i < length; i++) {
      if (joins(out, i, length)) {
        out[i] = ' ';
      }
    }
    return cut(new String(out, 0, length));
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }

  private static String normal(String text) {
    return Normalizer.isNormalized(text, Normalizer.Form.NFKC)
        ? text
        : Normalizer.normalize(text, Normalizer.Form.NFKC);
  }

  private static String cut(String text) {
    if (text.length() <= MAX_TEXT_CHARS) {
      return text;
    }
    int end =
        Character.isHighSurrogate(text.charAt(MAX_TEXT_CHARS - 1))
            ? MAX_TEXT_CHARS - 1
            : MAX_TEXT_CHARS;
    return text.substring(0, end);
  }

  /** Whether a character joins the parts of a name; between digits it belongs to a number. */
  private static boolean joins(char[] text, int at, int length) {
    return switch (text[at]) {
      case '_', ':' -> true;
      case '.' ->
          at == 0
              || at + 1 == length
              || !Character.isDigit(text[at - 1])
              || !Character.isDigit(text[at + 1]);
      default -> false;
    };
  }

  /** The terms that a message with this folded text has. */
  public Set<String> terms(String folded) {
    return indexed.terms(folded);
  }

  /** What a user asks for. */
  public SearchQuery query(String keyword) {
    String folded = folded(keyword);
    return new SearchQuery(List.copyOf(asked.terms(folded)), runs(folded));
  }

  /** The stretches of Chinese, Japanese and Korean. */
  private List<String> runs(String folded) {
    List<String> found = new ArrayList<>();
    OffsetAttribute offset = runs.getAttribute(OffsetAttribute.class);
    TypeAttribute type = runs.getAttribute(TypeAttribute.class);
    int start = -1;
    int end = -1;
    try {
      runs.setReader(new StringReader(folded));
      runs.reset();
      while (runs.incrementToken()) {
        if (!SCRIPTS.contains(type.type())) {
          continue;
        }
        if (offset.startOffset() != end) {
          add(found, folded, start, end);
          start = offset.startOffset();
        }
        end = offset.endOffset();
      }
      runs.end();
      runs.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    add(found, folded, start, end);
    return found;
  }

  private static void add(List<String> found, String folded, int start, int end) {
    if (start >= 0) {
      found.add(folded.substring(start, end));
    }
  }

  /** Whether a message with this text is what is asked for. */
  public boolean matches(SearchQuery query, String text) {
    String folded = folded(text);
    return query.runs().stream().allMatch(folded::contains)
        && terms(folded).containsAll(query.terms());
  }
}
