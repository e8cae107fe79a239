package im.hongyan.standalone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Proves that README.zh-CN.md is in step with README.md: as many sections, at the same levels and
 * in the same order, each with the same commands, the same links and as many rows of its table.
 */
class ReadmesTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)]*)\\)");

  /** What of a section doesn't depend on its language. */
  private record Section(int level, List<String> commands, List<String> links, long rows) {}

  @Test
  void bothLanguagesHaveTheSameSections() {
    List<Section> english = sections("README.md");
    List<Section> chinese = sections("README.zh-CN.md");
    assertThat(english).hasSizeGreaterThan(4);
    assertThat(english.stream().flatMap(section -> section.commands().stream()))
        .hasSizeGreaterThan(2);
    assertThat(chinese).hasSameSizeAs(english);
    for (int i = 0; i < english.size(); i++) {
      assertThat(chinese.get(i)).as("section %d", i + 1).isEqualTo(english.get(i));
    }
  }

  private static List<Section> sections(String name) {
    List<Section> sections = new ArrayList<>();
    String text = Repository.read(new Repository().at(name));
    for (String part : text.split("(?m)^(?=#+ )", -1)) {
      if (!part.isBlank()) {
        sections.add(new Section(part.indexOf(' '), commands(part), links(part), rows(part)));
      }
    }
    return sections;
  }

  /** The lines of blocks of code, without the comments after #. */
  private static List<String> commands(String part) {
    List<String> commands = new ArrayList<>();
    boolean code = false;
    for (String line : part.split("\n", -1)) {
      if (line.startsWith("```")) {
        code = !code;
      } else if (code) {
        commands.add(line.replaceFirst("\\s+# .*", ""));
      }
    }
    return commands;
  }

  private static List<String> links(String part) {
    return LINK.matcher(part)
        .results()
        .map((MatchResult found) -> found.group(1))
        .map(link -> link.startsWith("README.") ? "the other language" : link)
        .toList();
  }

  private static long rows(String part) {
    return part.lines().filter(line -> line.startsWith("|")).count();
  }
}
