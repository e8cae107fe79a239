package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.logging.Logging;
import im.hongyan.server.ProcessConfig;
import im.hongyan.server.Role;
import im.hongyan.server.StoresConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Proves that the operators' page lists every setting that the processes read, and no other. */
class ConfigurationPageTest {
  private static final Path PAGE = Path.of("../docs/operations/configuration.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Za-z0-9.-]+)` \\|");

  @Test
  void everySettingHasItsRow() throws IOException {
    Settings settings = Settings.load(Path.of("none.yml"), Map.of(), Map.of());
    for (Role role : Role.values()) {
      role.prepare(settings);
    }
    StoresConfig.from(settings);
    ProcessConfig.from(settings);
    Logging.start(settings);
    List<String> rows =
        ROW.matcher(Files.readString(PAGE))
            .results()
            .map((MatchResult row) -> row.group(1))
            .toList();
    assertThat(rows).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(settings.keys());
  }
}
