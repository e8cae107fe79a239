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

  @Test
  void anOverlayGoesBeforeTheFileAndBehindEnvironmentAndCommandLine() throws IOException {
    Settings file =
        load(
            "a:\n  file: f\n  env: f\n  line: f\n  list: [x, y]\n",
            Map.of("HONGYAN_A_ENV", "e"),
            Map.of("a.line", "l"));
    Settings settings =
        file.under(Map.of("a.file", "o", "a.env", "o", "a.line", "o", "a.list", "z", "a.new", "o"));
    assertThat(settings.text("a.file", "")).isEqualTo("o");
    assertThat(settings.text("a.env", "")).isEqualTo("e");
    assertThat(settings.text("a.line", "")).isEqualTo("l");
    assertThat(settings.list("a.list", List.of())).containsExactly("z");
    assertThat(List.of(settings.isFixed("a.file"), settings.isFixed("a.env")))
        .containsExactly(false, true);
    assertThatThrownBy(settings::refuseUnknown).hasMessageContaining("unknown setting a.new");
  }

  /** A key is live when everybody who reads it follows it. */
  @Test
  void whatIsLiveFollowsAtOnceAndTheRestWaitsForTheNextStart() throws IOException {
    Settings settings = load("a:\n  rate: 1\n", Map.of(), Map.of());
    Live<Integer> rate = settings.live(from -> from.number("a.rate", 7, 1, 9));
    Live<Integer> both = settings.live(from -> from.number("a.both", 7, 1, 9));
    settings.number("a.both", 7, 1, 9);
    settings.text("a.fixed", "x");
    List<Integer> seen = new java.util.ArrayList<>();
    rate.onChange(seen::add);

    Settings.Change change =
        settings.follow(settings.under(Map.of("a.rate", "2", "a.both", "3", "a.fixed", "y")));
    assertThat(change.live()).containsExactly("a.rate");
    assertThat(change.waiting()).containsExactly("a.both", "a.fixed");
    assertThat(rate.get()).isEqualTo(2);
    assertThat(settings.running("a.rate")).isEqualTo("2");
    assertThat(settings.running("a.fixed")).isEqualTo("x");
    assertThat(both.get()).as("as its other reader has it").isEqualTo(3);

    Settings.Change back = settings.follow(settings.under(Map.of()));
    assertThat(back.live()).containsExactly("a.rate");
    assertThat(back.waiting()).isEmpty();
    assertThat(seen).containsExactly(2, 1);
  }

  @Test
  void aChangeThatCannotBeUsedChangesNothing() throws IOException {
    Settings settings = load("", Map.of(), Map.of());
    Live<Integer> first = settings.live(from -> from.number("a.a", 1, 1, 9));
    Live<Integer> second = settings.live(from -> from.number("a.b", 1, 1, 9));
    assertThatThrownBy(() -> settings.follow(settings.under(Map.of("a.a", "2", "a.b", "10"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a.b must be a number from 1 to 9");
    assertThat(List.of(first.get(), second.get())).containsExactly(1, 1);
  }

  @Test
  void sectionsAreWrittenAndReadAsJson() throws Exception {
    Settings settings = load("a:\n  s: hush\n  in:\n    list: [x, y]\n", Map.of(), Map.of());
    settings.secret("a.s", "");
    settings.secret("a.none", "");
    settings.list("a.in.list", List.of());
    settings.number("a.in.n", 7, 0, 9);
    settings.flag("a.on", true);
    settings.duration("a.time", Duration.ofHours(24));
    settings.text("b.other", "");
    assertThat(SectionJson.names(settings)).containsExactly("a", "b");
    assertThat(SectionJson.ofRunning(settings, "a"))
        .isEqualTo(
            "{\"in\":{\"list\":[\"x\",\"y\"],\"n\":7},\"none\":\"\",\"on\":true,"
                + "\"s\":\"***\",\"time\":\"24h\"}");
    assertThat(
            SectionJson.read(
                settings,
                "a",
                "{\"IN\":{\"List\":[\"p\",2],\"n\":\"8\"},\"on\":false,\"time\":null}"))
        .isEqualTo(Map.of("a.in.list", "p,2", "a.in.n", "8", "a.on", "false"));
    assertThatThrownBy(() -> SectionJson.read(settings, "a", "{\"in\":{\"lst\":1}}"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown setting a.in.lst; did you mean a.in.list?");
    assertThatThrownBy(() -> SectionJson.read(settings, "a", "[]"))
        .isInstanceOf(im.hongyan.wire.json.GoJsonException.class);
  }

  @Test
  void timesAreWrittenInTheirLargestUnit() {
    assertThat(
            List.of(0L, 500L, 1_500L, 20_000L, 90_000L, 300_000L, 86_400_000L, 1_209_600_000L)
                .stream()
                .map(Duration::ofMillis)
                .map(DurationText::of))
        .containsExactly("0s", "500ms", "1500ms", "20s", "90s", "5m", "24h", "14d");
  }
}
