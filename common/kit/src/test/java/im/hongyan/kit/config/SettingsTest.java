package im.hongyan.kit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves which source wins, that units are read, and that unknown keys are refused with a hint. */
class SettingsTest {
  @TempDir Path folder;

  private Settings load(String yaml, Map<String, String> env, Map<String, String> overrides)
      throws IOException {
    return Settings.load(Files.writeString(folder.resolve("hongyan.yml"), yaml), env, overrides);
  }

  @Test
  void commandLineBeatsEnvironmentBeatsFile() throws IOException {
    String yaml = "share:\n  secret: file\n  a: file\n  b: file\n";
    Settings settings =
        load(
            yaml,
            Map.of("HONGYAN_SHARE_SECRET", "env", "HONGYAN_SHARE_A", "env", "PATH", "x"),
            Map.of("share.secret", "line"));
    assertThat(settings.text("share.secret", "d")).isEqualTo("line");
    assertThat(settings.text("share.a", "d")).isEqualTo("env");
    assertThat(settings.text("share.b", "d")).isEqualTo("file");
    assertThat(settings.text("share.c", "d")).isEqualTo("d");
    settings.refuseUnknown();
  }

  @Test
  void aFileThatHoldsNoSettingsIsRefusedByItsName() throws IOException {
    load("", Map.of(), Map.of()).refuseUnknown();
    load("# nothing set\n", Map.of(), Map.of()).refuseUnknown();
    for (String other : List.of("- gateway.ws.port: 1\n", "gateway.ws.port = 5\n", "7\n")) {
      assertThatThrownBy(() -> load(other, Map.of(), Map.of()))
          .as(other)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("%s holds no settings", folder.resolve("hongyan.yml"));
    }
    for (String broken :
        List.of("share: {secret: hush\n", "share.secret: hush\nshare.secret: a\n")) {
      assertThatThrownBy(() -> load(broken, Map.of(), Map.of()))
          .as(broken)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("%s is no YAML", folder.resolve("hongyan.yml"))
          .hasMessageContaining("in line 2")
          .hasMessageNotContaining("hush")
          .message()
          .hasLineCount(1);
    }
    assertThatThrownBy(() -> Settings.load(folder, Map.of(), Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessage("%s is a folder; settings stand in a file", folder);
  }

  @Test
  void onlyAFileThatTheCommandLineNamesMustBeThere() throws IOException {
    Path missing = folder.resolve("nope.yml");
    assertThatThrownBy(() -> ConfigFile.chosen(missing))
        .isInstanceOf(ConfigException.class)
        .hasMessage("there is no file %s, which --config names", missing);
    assertThat(ConfigFile.chosen(Files.createFile(missing))).isEqualTo(missing);
    assertThat(ConfigFile.chosen(null)).isEqualTo(Path.of("config/hongyan.yml"));
  }

  @Test
  void listsNumbersAndTimesAreRead() throws IOException {
    Settings settings =
        load("a:\n  list: [x, y]\n  time: 20s\n  days: 14d\n  n: 7\n", Map.of(), Map.of());
    assertThat(settings.list("a.list", List.of())).containsExactly("x", "y");
    assertThat(settings.duration("a.time", Duration.ZERO)).isEqualTo(Duration.ofSeconds(20));
    assertThat(settings.duration("a.days", Duration.ZERO)).isEqualTo(Duration.ofDays(14));
    assertThat(settings.number("a.n", 1, 0, 10)).isEqualTo(7);
    settings.refuseUnknown();
    assertThatThrownBy(() -> settings.number("a.n", 1, 0, 6))
        .isInstanceOf(ConfigException.class)
        .hasMessage("a.n must be a number from 0 to 6, not '7'");
  }

  @Test
  void unknownKeysAreRefusedWithTheNearest() throws IOException {
    Settings file = load("share:\n  secrte: x\n", Map.of(), Map.of());
    assertThat(file.text("share.secret", "")).isEmpty();
    assertThatThrownBy(file::refuseUnknown)
        .hasMessage("unknown setting share.secrte; did you mean share.secret?");
    Settings env = load("", Map.of("HONGYAN_SHARE_SECRTE", "x"), Map.of());
    assertThat(env.text("share.secret", "")).isEmpty();
    assertThatThrownBy(env::refuseUnknown)
        .hasMessage("unknown setting HONGYAN_SHARE_SECRTE; did you mean HONGYAN_SHARE_SECRET?");
  }

  @Test
  void secretsAreNotPrinted() throws IOException {
    Secret secret = load("", Map.of(), Map.of("k", "hush")).secret("k", "");
    assertThat(secret).hasToString("***");
    assertThat(secret.reveal()).isEqualTo("hush");
  }
}
