package im.hongyan.standalone.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.server.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * Proves that dashboards and alerts ask for meters that the operators' page lists, and no other.
 */
class MonitoringFilesTest {
  private static final Path PAGE = Path.of("../docs/operations/metrics.md");
  private static final Path DASHBOARDS = Path.of("../deploy/grafana/dashboards");
  private static final Path ALERTS = Path.of("../deploy/prometheus/alerts.yml");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ((?:`[^`]+`(?:, )?)+) \\| ([a-z, ]+) \\|");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  /** What is no meter: names of labels and times in brackets, strings, and groupings. */
  private static final Pattern NOT_METERS =
      Pattern.compile(
          "\\{[^}]*\\}|\\[[^\\]]*\\]|\"[^\"]*\"|\\b(?:by|without|on|ignoring)\\s*\\([^)]*\\)");

  private static final Pattern METER =
      Pattern.compile("\\b[a-z_][a-z0-9_]*\\b(?!\\s*\\()(?<!\\band)(?<!\\bor)(?<!\\bunless)");

  @Test
  void dashboardsAskForListedMetersAlone() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(DASHBOARDS)) {
      for (Path file : files.toList()) {
        names.add(file.getFileName().toString().replace(".json", ""));
        // JSON is YAML.
        assertListed(file, expressions(yaml(file)));
      }
    }
    assertThat(names)
        .as("a dashboard for each service")
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Role.values()).map(Role::label).toList());
  }

  @Test
  void alertsAskForListedMetersAlone() throws IOException {
    assertListed(ALERTS, expressions(yaml(ALERTS)));
  }

  @Test
  void prometheusFindsEveryServiceByItsName() throws IOException {
    String text = Files.readString(Path.of("../deploy/prometheus/prometheus.yml"));
    for (Role role : Role.values()) {
      assertThat(text).contains("job_name: " + role.label(), "names: [" + role.label() + "]");
    }
  }

  private static void assertListed(Path file, List<String> expressions) throws IOException {
    Set<String> listed = listed();
    assertThat(expressions).as(file.toString()).hasSizeGreaterThan(7);
    for (String expression : expressions) {
      Set<String> meters =
          METER
              .matcher(NOT_METERS.matcher(expression).replaceAll(" "))
              .results()
              .map(MatchResult::group)
              .collect(Collectors.toSet());
      assertThat(meters)
          .as(file + ": " + expression)
          .isNotEmpty()
          .allMatch(meter -> isListed(meter, listed), "stands in metrics.md");
    }
  }

  private static boolean isListed(String meter, Set<String> listed) {
    return meter.equals("up") // Prometheus' own
        || listed.contains(meter)
        || listed.stream()
            .anyMatch(name ->
                name.endsWith("…") && meter.startsWith(name.substring(0, name.length() - 1)));
  }

  /** The names of the page as scraped; a timer has three, and one of the JVM stands for many. */
  private static Set<String> listed() throws IOException {
    Set<String> names = new HashSet<>();
    ROW.matcher(Files.readString(PAGE))
        .results()
        .forEach(row ->
            NAME.matcher(row.group(1))
                .results()
                .forEach(name -> add(name.group(1), row.group(2).contains("timer"), names)));
    assertThat(names).hasSizeGreaterThan(60);
    return names;
  }

  private static void add(String name, boolean timer, Set<String> names) {
    if (!timer) {
      names.add(name);
      return;
    }
    String base = name.endsWith("_seconds") ? name : name + "_seconds";
    Stream.of("_count", "_sum", "_max").map(base::concat).forEach(names::add);
  }

  private static Object yaml(Path file) throws IOException {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
  }

  private static List<String> expressions(Object node) {
    List<String> found = new ArrayList<>();
    switch (node) {
      case Map<?, ?> map ->
          map.forEach((key, value) -> {
            if (key.equals("expr")) {
              found.add(value.toString());
            } else {
              found.addAll(expressions(value));
            }
          });
      case List<?> list -> list.forEach(each -> found.addAll(expressions(each)));
      default -> {
        // A value.
      }
    }
    return found;
  }
}
