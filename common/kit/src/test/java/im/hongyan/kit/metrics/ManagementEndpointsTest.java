package im.hongyan.kit.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.kit.service.Readiness;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Proves that counters are scraped under the names that dashboards know (errors-config-ops.md 7),
 * and that operators can look up every meter of ours.
 */
class ManagementEndpointsTest {
  private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
  private static final Pattern METER =
      Pattern.compile(
          "(?:\\.|Gauge\\.|Timer\\.)"
              + "(?:counter|timer|gauge|gaugeMapSize|summary|builder)\\(\\s*\"([a-z0-9_]+)\"");

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private String scrape() {
    return new String(get("/metrics", new Readiness()).body(), StandardCharsets.UTF_8);
  }

  private HttpResponse get(String path, Readiness readiness) {
    HttpRequest call =
        new HttpRequest(
            "GET",
            path,
            "",
            InetAddress.getLoopbackAddress(),
            new DefaultHttpHeaders(),
            new byte[0]);
    return new ManagementEndpoints(meters, readiness).handle(call);
  }

  @Test
  void aPartThatIsNotReadySaysWhyWhereItKnows() {
    AtomicBoolean whole = new AtomicBoolean(true);
    Readiness readiness = new Readiness();
    readiness.add("history", whole::get, () -> "lane 3: records are gone");
    readiness.add("start", () -> true);
    HttpResponse ready = get("/readyz", readiness);
    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.body()).asString().isEqualTo("history ready\nstart ready\n");
    whole.set(false);
    HttpResponse not = get("/readyz", readiness);
    assertThat(not.status()).isEqualTo(503);
    assertThat(not.body())
        .asString()
        .isEqualTo("history not ready: lane 3: records are gone\nstart ready\n");
  }

  @Test
  void section7ThreeCountersHaveNoEnding() {
    meters.counter("api_count", "path", "api_count_total {").increment();
    meters.counter("http_count", "path", "/a").increment();
    meters.counter("rpc_count", "path", "b").increment();
    meters.counter("http_count_other").increment();
    assertThat(scrape().lines())
        .contains(
            "# TYPE api_count counter",
            "api_count{path=\"api_count_total {\"} 1.0",
            "# TYPE http_count counter",
            "http_count{path=\"/a\"} 1.0",
            "# TYPE rpc_count counter",
            "rpc_count{path=\"b\"} 1.0",
            "http_count_other_total 1.0")
        .noneMatch(line -> line.matches(".*\\b(http|rpc)_count_total.*"));
  }

  @Test
  void section7OtherNamesAreAsTheyWere() {
    meters.counter("user_login").increment();
    meters.gauge("online_user_num", 3);
    assertThat(scrape().lines()).contains("user_login_total 1.0", "online_user_num 3.0");
  }

  @Test
  void everyMeterIsOnThePageForOperators() throws IOException {
    String page = Files.readString(PROJECT.resolve("docs/operations/metrics.md"));
    Set<String> meant = new TreeSet<>();
    try (Stream<Path> files = Files.walk(PROJECT)) {
      for (Path file : files.filter(ManagementEndpointsTest::isOurs).toList()) {
        METER.matcher(Files.readString(file)).results().forEach(found -> meant.add(found.group(1)));
      }
    }
    assertThat(meant).contains("ws_connections", "rpc_count", "limit_active");
    assertThat(meant).allSatisfy(name -> assertThat(page).contains("`" + name));
  }

  private static boolean isOurs(Path file) {
    String path = PROJECT.relativize(file).toString();
    return path.endsWith(".java") && path.contains("src/main/java") && !path.startsWith("bench");
  }
}
