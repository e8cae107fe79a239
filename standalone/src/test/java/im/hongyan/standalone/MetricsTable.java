package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.system.Cluster.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The table of metrics of errors-config-ops.md 7, as the specification has it. Immutable. */
final class MetricsTable {
  private static final Path PAGE = Path.of("../docs/protocol/spec/errors-config-ops.md");
  private static final Pattern SECTION = Pattern.compile("(?ms)^## 7\\. Metrics.*?(?=^## )");
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| ([a-z_]+)( / _failed_total)? \\| (counter|gauge) \\| (.*) \\| (.*) \\|$");

  /** Which processes of ours do what those of the specification do. */
  private static final Map<String, List<Service>> PROCESSES =
      Map.of(
          "api", List.of(Service.GATEWAY_HTTP),
          "auth", List.of(Service.RPC_AUTH),
          "user", List.of(Service.RPC_RELATION),
          "msg", List.of(Service.RPC_MSG),
          "msggateway", List.of(Service.GATEWAY_WS),
          "push", List.of(Service.PUSH_SERVICE),
          "msgtransfer", List.of(Service.MSG_TRANSFER),
          "all RPC services, gateway, push",
              List.of(
                  Service.RPC_AUTH,
                  Service.RPC_RELATION,
                  Service.RPC_MSG,
                  Service.GATEWAY_WS,
                  Service.PUSH_SERVICE));

  private final List<Metric> metrics;

  private MetricsTable(List<Metric> metrics) {
    this.metrics = List.copyOf(metrics);
  }

  /**
   * A row.
   *
   * @param labels their names
   */
  private record Metric(String name, String type, Set<String> labels, List<Service> services) {}

  static MetricsTable read() {
    try {
      Matcher section = SECTION.matcher(Files.readString(PAGE));
      assertThat(section.find()).isTrue();
      List<Metric> metrics = new ArrayList<>();
      ROW.matcher(section.group()).results().forEach(row -> add(row, metrics));
      assertThat(metrics).as("rows, each of its names for itself").hasSize(17);
      return new MetricsTable(metrics);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void add(MatchResult row, List<Metric> metrics) {
    // What is in brackets says what a label or a metric means.
    Set<String> labels =
        row.group(4).equals("–")
            ? Set.of()
            : Arrays.stream(row.group(4).replaceAll("\\(.*?\\)", "").split(",", -1))
                .map(String::strip)
                .collect(Collectors.toSet());
    List<Service> services =
        Objects.requireNonNull(
            PROCESSES.get(row.group(5).replaceAll(" \\(.*\\)", "")), row.group());
    metrics.add(new Metric(row.group(1), row.group(3), labels, services));
    if (row.group(2) != null) {
      String failed = row.group(1).replace("_success_total", "_failed_total");
      metrics.add(new Metric(failed, row.group(3), labels, services));
    }
  }

  /** Compares what a process shows with the rows that are its. */
  void requireAllOf(Service service, String scraped) {
    for (Metric metric : metrics) {
      if (!metric.services().contains(service)) {
        continue;
      }
      assertThat(scraped.lines())
          .as("type in %s", service)
          .contains("# TYPE " + metric.name() + " " + metric.type());
      Set<Set<String>> found = labels(scraped, metric.name());
      assertThat(found)
          .as("labels of %s in %s", metric.name(), service)
          .containsExactly(metric.labels());
    }
  }

  private static Set<Set<String>> labels(String scraped, String name) {
    Pattern sample = Pattern.compile("(?m)^" + name + "(?:\\{(.*)})? \\S+$");
    Pattern label = Pattern.compile("([a-z_]+)=\"(?:[^\"\\\\]|\\\\.)*\"");
    return sample
        .matcher(scraped)
        .results()
        .map(line ->
            line.group(1) == null
                ? Set.<String>of()
                : label
                    .matcher(line.group(1))
                    .results()
                    .map(one -> one.group(1))
                    .collect(Collectors.<String, Set<String>>toCollection(TreeSet::new)))
        .collect(Collectors.toSet());
  }
}
