package im.hongyan.standalone.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the prose of a Markdown page: columns of its lines, words of its sentences. Tables,
 * blocks of code and the targets of links don't count; a link and a piece of code are one word
 * each. Single-threaded.
 */
final class Prose {
  static final int MAX_COLUMNS = 120;
  static final int MAX_WORDS = 30;
  private static final Pattern BEGINS = Pattern.compile("\\s*(?:[-*+]|\\d+\\.) .*");
  private static final Pattern ONE_WORD = Pattern.compile("!?\\[[^]]*]\\([^)]*\\)|`[^`]*`");
  private static final Pattern END =
      Pattern.compile("(?<=[.!?][)\"'*_]{0,3})\\s+(?=[^\\p{Ll}]|[a-z]+[-0-9A-Z])|(?<=[。！？])");
  private static final int FIRST_WIDE = 0x2E80;

  private final String file;
  private final List<String> faults = new ArrayList<>();
  private final StringBuilder paragraph = new StringBuilder();
  private int begun;

  private Prose(String file) {
    this.file = file;
  }

  /** What breaks the rules, one line each: file, line, what. */
  static List<String> faults(String file, String text) {
    Prose prose = new Prose(file);
    boolean code = false;
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      boolean fence = line.strip().startsWith("```");
      if (fence || code || isNoProse(line)) {
        prose.end();
      } else {
        prose.line(number, line);
      }
      code ^= fence;
    }
    prose.end();
    return prose.faults;
  }

  private static boolean isNoProse(String line) {
    return line.isBlank() || line.startsWith("|") || line.startsWith("#") || line.startsWith("<");
  }

  private void line(int number, String line) {
    int columns = line.codePoints().map(c -> c < FIRST_WIDE ? 1 : 2).sum();
    boolean breakable = line.strip().indexOf(' ') >= 0;
    if (columns > MAX_COLUMNS && breakable) {
      faults.add("%s:%d %d columns".formatted(file, number, columns));
    }
    if (BEGINS.matcher(line).matches()) {
      end();
    }
    if (paragraph.isEmpty()) {
      begun = number;
    }
    paragraph.append(line.strip().replaceFirst("^(?:[-*+]|\\d+\\.) ", "")).append('\n');
  }

  /** Ends a paragraph and measures its sentences; each is reported at the line where it begins. */
  private void end() {
    String text =
        ONE_WORD
            .matcher(paragraph)
            .replaceAll(found -> "X" + "\n".repeat((int) found.group().lines().count() - 1));
    Matcher ends = END.matcher(text);
    int from = 0;
    while (ends.find()) {
      sentence(text, from, ends.start());
      from = ends.end();
    }
    sentence(text, from, text.length());
    paragraph.setLength(0);
  }

  private void sentence(String text, int from, int to) {
    List<String> words =
        List.of(text.substring(from, to).strip().split("\\s+")).stream()
            .filter(Prose::isWord)
            .toList();
    if (words.size() > MAX_WORDS) {
      int line = begun + (int) text.substring(0, from).chars().filter(c -> c == '\n').count();
      faults.add("%s:%d %d words: %s".formatted(file, line, words.size(), String.join(" ", words)));
    }
  }

  private static boolean isWord(String token) {
    return token.chars().anyMatch(Character::isLetterOrDigit);
  }
}
