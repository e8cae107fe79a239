package im.hongyan.standalone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Proves that whatever the sources and pages refer to can be looked up in this repository: each
 * page and path, each heading, row, rule and invariant by its number, and each link.
 */
class ReferencesTest {
  private static final Pattern COMMENT =
      Pattern.compile("\\s*(?:/\\*\\*?|\\*|//|--|#|<!--).*|.*\\s(?://|--) .*");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s:#]*)(?:#([^)\\s]*))?\\)");
  private final Repository repository = new Repository();
  private final References references = new References(repository);

  @Test
  void sourcesReferToWhatIsThere() {
    List<String> faults = new ArrayList<>();
    for (Path file :
        repository.files(
            ".java", ".lua", ".proto", ".sql", ".properties", ".sh", ".xml", "/hongyan", "/run")) {
      if (!repository.name(file).contains("/standalone/docs/")) { // examples of references
        String text = Repository.read(file);
        faults.addAll(references.faults(repository.name(file), text, comments(text)));
      }
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void pagesReferToWhatIsThere() {
    List<String> faults = new ArrayList<>();
    for (Path file : repository.files(".md")) {
      String text = Repository.read(file);
      faults.addAll(references.faults(repository.name(file), text, text));
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void linksLeadSomewhere() {
    Pages pages = new Pages(repository);
    List<String> faults = new ArrayList<>();
    for (Path file : repository.files(".md")) {
      int number = 0;
      for (String line : Repository.read(file).split("\n", -1)) {
        number++;
        Matcher link = LINK.matcher(line);
        while (link.find()) {
          Path target =
              link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1)).normalize();
          if (!Files.exists(target)
              || (link.group(2) != null && !pages.page(target).hasAnchor(link.group(2)))) {
            faults.add(repository.name(file) + ":" + number + " " + link.group());
          }
        }
      }
    }
    assertThat(faults).isEmpty();
  }

  private static String comments(String text) {
    return text.lines()
        .map(line -> COMMENT.matcher(line).matches() ? line : "")
        .collect(Collectors.joining("\n"));
  }
}
