package im.hongyan.standalone.docs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown page as references see it: its numbered headings, the numbered rows and items below
 * each of them, and its headings and bold words as labels. Immutable.
 */
final class Page {
  private static final Pattern HEADING = Pattern.compile("#{1,6} (.*)");
  private static final Pattern NUMBER = Pattern.compile("(?:^|, )(\\d+(?:\\.\\d+)*)\\.?(?= |$)");
  private static final Pattern ITEM =
      Pattern.compile("(?:\\| *([^|]*)\\|.*|(\\d+)\\. .*|[*-]* ?\\*\\*(\\d+)\\b.*)");
  private static final Pattern BOLD = Pattern.compile("\\*\\*(.+?)\\*\\*");
  private static final Pattern DIGITS = Pattern.compile("\\d+");

  private final String text;
  private final Map<String, Set<String>> items = new HashMap<>();
  private final List<String> labels = new ArrayList<>();
  private final Set<String> anchors = new HashSet<>();

  Page(String text) {
    this.text = text;
    List<String> sections = List.of();
    for (String line : text.split("\n", -1)) {
      Matcher heading = HEADING.matcher(line);
      if (heading.matches()) {
        sections = begin(heading.group(1), sections);
      } else {
        note(line, sections);
      }
    }
  }

  private List<String> begin(String title, List<String> before) {
    labels.add(title.toLowerCase(Locale.ROOT));
    anchors.add(
        title.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
    List<String> numbers = NUMBER.matcher(title).results().map(found -> found.group(1)).toList();
    numbers.forEach(number -> items.computeIfAbsent(number, n -> new HashSet<>()));
    return numbers.isEmpty() ? before : numbers;
  }

  private void note(String line, List<String> sections) {
    BOLD.matcher(line)
        .results()
        .forEach(bold -> labels.add(bold.group(1).toLowerCase(Locale.ROOT)));
    Matcher item = ITEM.matcher(line);
    if (!item.matches()) {
      return;
    }
    for (int group = 1; group <= item.groupCount(); group++) {
      String found = item.group(group);
      if (found != null) {
        DIGITS.matcher(found).results().forEach(digits -> add(digits.group(), sections));
      }
    }
  }

  private void add(String item, List<String> sections) {
    for (String section : sections) {
      for (String in = section; ; in = in.substring(0, in.lastIndexOf('.'))) {
        items.computeIfAbsent(in, n -> new HashSet<>()).add(item);
        if (in.indexOf('.') < 0) {
          break;
        }
      }
    }
  }

  boolean hasSection(String number) {
    return items.containsKey(number);
  }

  /** Whether a row or an item of this section has the number. */
  boolean hasItem(String section, String number) {
    return items.getOrDefault(section, Set.of()).contains(number);
  }

  /** Whether a heading or bold words begin so, in any letter case. */
  boolean hasLabel(String words) {
    String wanted = words.toLowerCase(Locale.ROOT);
    return labels.stream().anyMatch(label -> label.startsWith(wanted));
  }

  /** Whether a link may end in {@code #anchor}. */
  boolean hasAnchor(String anchor) {
    return anchors.contains(anchor);
  }

  /** Whether a rule such as O5 is stated here: its name, then a sentence. */
  boolean hasRule(String rule) {
    return Pattern.compile("\\b" + rule + "\\s+\\p{Lu}").matcher(text).find();
  }
}
