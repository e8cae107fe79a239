package im.hongyan.standalone.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a text refers to, and says which of it leads nowhere: {@code PAGE.md}, {@code PAGE.md
 * 6.4, 6.5 and 7}, {@code PAGE.md 10.3, rows 4 to 6}, {@code PAGE.md, Bold words}, {@code PAGE.md
 * "Bold words"}, rules of the sequencing protocol (O5), invariants by number, decisions by number,
 * and paths below docs. A reference may go on in the next line of a comment. Single-threaded.
 */
final class References {
  private static final Pattern PAGE =
      Pattern.compile("(?<![\\w.-])(?:[\\w.-]*/)*[A-Za-z0-9][\\w.-]*\\.md\\b");
  private static final Pattern PLACE =
      Pattern.compile(
          "(?:[,:;]| and| to| or)? ?(rows?|steps?|checks?|numbers?|invariants?|requests?)? ?"
              + "(\\d+(?:\\.\\d+)*)(?![\\w%])(?: to (\\d+) of (\\d+(?:\\.\\d+)*))?");
  private static final Pattern QUOTED = Pattern.compile(",? \"([^\"]+)\"");
  private static final Pattern WORDS =
      Pattern.compile(", (\\p{Lu}[a-z-]+(?: [a-z-]+)*)(?=[^a-z-]|$)");
  private static final Pattern RULE = Pattern.compile("\\b[AO][1-9]\\b");
  private static final Pattern INVARIANT =
      Pattern.compile("\\binvariants? (\\d+(?:(?:, | and | to )\\d+)*)");
  private static final Pattern NAMED_TEST =
      Pattern.compile("\\binvariant(\\d\\d)(?:(?:And|To)(\\d\\d))?");
  private static final Pattern DECISION =
      Pattern.compile("\\b[Dd]ecisions? (\\d{4})|docs/decisions/(\\d{4})");
  private static final Pattern PATH = Pattern.compile("\\bdocs/[\\w/.-]*\\w");
  private static final Pattern DESIGN = Pattern.compile("\\b(?:DESIGN|STYLE)\\b(?!\\.md)");

  private final Repository repository;
  private final Pages pages;
  private final List<String> faults = new ArrayList<>();

  References(Repository repository) {
    this.repository = repository;
    pages = new Pages(repository);
  }

  /** Looks at a text of which only the comments name rules by their short names. */
  List<String> faults(String file, String whole, String comments) {
    faults.clear();
    Lines text = new Lines(whole);
    PAGE.matcher(text.joined)
        .results()
        .forEach(found -> page(file, text, found.start(), found.end()));
    DESIGN
        .matcher(text.joined)
        .results()
        .forEach(found -> fault(file, text, found.start(), found.group(), "no such page"));
    NAMED_TEST
        .matcher(text.joined)
        .results()
        .forEach(found -> {
          invariant(file, text, found.start(), found.group(1));
          invariant(file, text, found.start(), found.group(2));
        });
    paths(file, text);
    Lines said = new Lines(comments);
    RULE.matcher(said.joined)
        .results()
        .filter(found -> !pages.find("docs/sequencing.md", "").orElseThrow().hasRule(found.group()))
        .forEach(found -> fault(file, said, found.start(), found.group(), "no such rule"));
    INVARIANT
        .matcher(said.joined)
        .results()
        .forEach(found -> {
          for (String number : found.group(1).split("\\D+", -1)) {
            invariant(file, said, found.start(), number);
          }
        });
    return List.copyOf(faults);
  }

  private void invariant(String file, Lines text, int at, @Nullable String number) {
    Page page = pages.find("messaging.md", "").orElseThrow();
    if (number != null && !page.hasItem("10.2", number.replaceFirst("^0", ""))) {
      fault(file, text, at, "invariant " + number, "messaging.md 10.2 has none");
    }
  }

  private void paths(String file, Lines text) {
    Matcher decision = DECISION.matcher(text.joined);
    while (decision.find()) {
      String number = decision.group(1) == null ? decision.group(2) : decision.group(1);
      String wanted = "docs/decisions/" + number;
      if (repository.files(".md").stream()
          .noneMatch(page -> repository.name(page).startsWith(wanted))) {
        fault(file, text, decision.start(), decision.group(), "no such decision");
      }
    }
    Matcher path = PATH.matcher(text.joined);
    while (path.find()) {
      boolean numbered = path.group().matches("docs/decisions/\\d{4}");
      if (!numbered && !repository.at(path.group()).toFile().exists()) {
        fault(file, text, path.start(), path.group(), "no such file");
      }
    }
  }

  private void page(String file, Lines text, int start, int end) {
    String name = text.joined.substring(start, end);
    Optional<Page> page = pages.find(name, file);
    if (page.isEmpty()) {
      fault(file, text, start, name, "no such page");
      return;
    }
    int after = places(page.get(), name, file, text, end);
    for (Pattern pattern : List.of(QUOTED, WORDS)) {
      Matcher label = pattern.matcher(text.joined).region(after, text.joined.length());
      if (label.lookingAt() && !page.get().hasLabel(label.group(1))) {
        fault(file, text, start, name + " \"" + label.group(1) + '"', "no such words in bold");
      }
    }
  }

  /** Follows the numbers behind a page's name and answers where they end. */
  private int places(Page page, String name, String file, Lines text, int end) {
    Matcher place = PLACE.matcher(text.joined);
    int after = end;
    String section = "";
    boolean item = false;
    while (place.region(after, text.joined.length()).lookingAt()) {
      String number = place.group(2);
      boolean dotted = number.indexOf('.') > 0;
      item = place.group(1) != null || (item && !dotted);
      String in = place.group(4) == null ? section : place.group(4);
      boolean heading = !item && page.hasSection(number);
      if (!heading && !page.hasItem(in, number)) {
        fault(file, text, after, name + " " + in + " … " + number, "no such heading or row");
      }
      if (heading && (dotted || section.indexOf('.') < 0)) {
        section = number;
      }
      after = place.end();
    }
    return after;
  }

  private void fault(String file, Lines text, int at, String what, String why) {
    faults.add(file + ":" + text.line(at) + " " + what.strip() + ": " + why);
  }

  /** The lines of a file in one, without the signs that begin a comment. */
  private static final class Lines {
    private static final Pattern SIGN = Pattern.compile("^\\s*(?:/\\*\\*|\\*|//|--|#(?= ))?\\s*");
    private final NavigableMap<Integer, Integer> starts = new TreeMap<>();
    private final String joined;

    Lines(String text) {
      StringBuilder all = new StringBuilder();
      int number = 0;
      for (String line : text.split("\n", -1)) {
        starts.put(all.length(), ++number);
        all.append(SIGN.matcher(line).replaceFirst("").stripTrailing()).append(' ');
      }
      joined = all.toString();
    }

    int line(int at) {
      return starts.floorEntry(at).getValue();
    }
  }
}
