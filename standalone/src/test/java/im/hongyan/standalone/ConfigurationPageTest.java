package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.SettingKey;
import im.hongyan.kit.config.Settings;
import im.hongyan.server.AllSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Proves that the operators' page and the shipped file have every setting that the processes read,
 * and no other.
 */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/operations/configuration.md");
  private static final Path SHIPPED = Path.of("../config/hongyan.yml");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Za-z0-9.-]+)` \\|");

  @Test
  void everySettingHasItsRow() throws IOException {
    Settings settings = read(Path.of("none.yml"));
    List<String> rows =
        ROW.matcher(Files.readString(PAGE))
            .results()
            .map((MatchResult row) -> row.group(1))
            .toList();
    assertThat(rows).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(settings.keys());
  }

  private static Settings read(Path file) {
    Settings settings = Settings.load(file, Map.of(), Map.of());
    AllSettings.read(settings);
    return settings;
  }

  /** Each with a comment above it, at the value that it has without the file. */
  @Test
  void theShippedFileHoldsEverySettingAtItsDefaultAndSaysWhatItIs() throws IOException {
    Settings shipped = read(SHIPPED);
    Settings none = read(Path.of("none.yml"));
    Map<String, String> comments = comments();
    assertThat(comments.keySet()).containsExactlyInAnyOrderElementsOf(none.keys());
    for (String key : none.keys()) {
      String comment = comments.getOrDefault(key, "");
      assertThat(comment).as("comment of %s", key).hasSizeGreaterThan(4).endsWith(".");
      assertThat(comparable(shipped, key)).as(key).isEqualTo(comparable(none, key));
      assertThat(comment.endsWith("Live."))
          .as("what is said of %s being live", key)
          .isEqualTo(Objects.requireNonNull(none.key(key)).live());
    }
    for (EmbeddedStores.Kind kind : EmbeddedStores.Kind.values()) {
      assertThat(shipped.present(kind.key())).as("run brings its own %s", kind).isFalse();
    }
  }

  @Test
  void thePageSaysWhatIsLive() throws IOException {
    Settings settings = read(Path.of("none.yml"));
    Files.readString(PAGE)
        .lines()
        .filter(line -> ROW.matcher(line).find())
        .forEach(line -> {
          String key = line.split("`", 3)[1];
          assertThat(line.matches(".*\\bLive \\|"))
              .as(key)
              .isEqualTo(Objects.requireNonNull(settings.key(key)).live());
        });
  }

  /** Times of one length may be written in several units. */
  private static String comparable(Settings settings, String key) {
    String text = settings.effective(key);
    if (Objects.requireNonNull(settings.key(key)).kind() != SettingKey.Kind.DURATION) {
      return text;
    }
    return Settings.load(Path.of("none.yml"), Map.of(), Map.of(key, text))
        .duration(key, Duration.ZERO)
        .toString();
  }

  /** What stands above each key of the shipped file. */
  private static Map<String, String> comments() throws IOException {
    Map<String, String> comments = new HashMap<>();
    Deque<String> path = new ArrayDeque<>();
    StringBuilder comment = new StringBuilder();
    for (String line : Files.readAllLines(SHIPPED)) {
      String text = line.strip();
      if (text.startsWith("#")) {
        comment.append(text.substring(1).strip()).append(' ');
        continue;
      }
      if (text.isEmpty()) {
        comment.setLength(0);
        continue;
      }
      int depth = (line.length() - line.stripLeading().length()) / 2;
      while (path.size() > depth) {
        path.removeLast();
      }
      path.addLast(text.substring(0, text.indexOf(':')));
      if (!comment.isEmpty() && depth > 0) {
        comments.put(String.join(".", path), comment.toString().strip());
      }
      comment.setLength(0);
    }
    return comments;
  }
}
