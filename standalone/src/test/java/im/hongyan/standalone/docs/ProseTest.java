package im.hongyan.standalone.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Proves that the pages can be read: lines of prose have at most 120 columns, sentences at most 30
 * words. The specification is exempt, and so are the sentences of the sequencing protocol, whose
 * wording is that of the model.
 */
class ProseTest {
  @Test
  void pagesAreReadable() {
    Repository repository = new Repository();
    List<String> faults = new ArrayList<>();
    for (Path file : repository.files(".md")) {
      String name = repository.name(file);
      if (!name.startsWith("docs/protocol/spec/") && !name.contains("/src/")) {
        faults.addAll(Prose.faults(name, Repository.read(file)));
      }
    }
    faults.removeIf(fault -> fault.startsWith("docs/sequencing.md:") && fault.contains(" words"));
    assertThat(faults).isEmpty();
  }

  @Test
  void longLinesAndSentencesAreFound() {
    String sentence = "Words " + "word ".repeat(29).strip();
    assertThat(Prose.faults("a.md", sentence + ".\n" + sentence + ".")).hasSize(2);
    assertThat(Prose.faults("a.md", "`x y` word\n".repeat(15).strip() + ". Next.")).isEmpty();
    assertThat(Prose.faults("a.md", "First.\n" + "Word\n".repeat(31)))
        .containsExactly("a.md:2 31 words: " + "Word ".repeat(31).strip());
    assertThat(
            Prose.faults("a.md", "|" + "word ".repeat(99) + "|\n```\n" + "x ".repeat(99) + "\n```"))
        .isEmpty();
  }
}
