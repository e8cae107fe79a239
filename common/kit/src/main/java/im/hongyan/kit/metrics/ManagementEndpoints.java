package im.hongyan.kit.metrics;

import im.hongyan.kit.http.HttpHandler;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.http.HttpResponse;
import im.hongyan.kit.service.Readiness;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What operators and their tools read of a process: {@code /metrics}, {@code /healthz} (the process
 * lives) and {@code /readyz} (every part is ready). Safe for use by several threads.
 */
public final class ManagementEndpoints implements HttpHandler {
  /** Counters that dashboards know without the ending which the library puts on every counter. */
  private static final Pattern BARE_COUNTERS =
      Pattern.compile(
          "^((?:# (?:HELP|TYPE) )?(?:api|http|rpc)_count)_total(?=[ {])", Pattern.MULTILINE);

  private final PrometheusMeterRegistry meters;
  private final Readiness readiness;

  public ManagementEndpoints(PrometheusMeterRegistry meters, Readiness readiness) {
    this.meters = meters;
    this.readiness = readiness;
  }

  @Override
  public HttpResponse handle(HttpRequest call) {
    return switch (call.path()) {
      case "/metrics" -> HttpResponse.text(200, "text/plain; version=0.0.4", metrics());
      case "/healthz" -> HttpResponse.text(200, "text/plain", "alive\n");
      case "/readyz" -> readiness();
      default -> HttpResponse.text(404, "text/plain", "404 page not found");
    };
  }

  /** With the names of errors-config-ops.md 7. */
  private String metrics() {
    return BARE_COUNTERS.matcher(meters.scrape()).replaceAll("$1");
  }

  private HttpResponse readiness() {
    Map<String, Boolean> states = readiness.states();
    StringBuilder text = new StringBuilder();
    states.forEach((name, ready) -> {
      String reason = ready ? "" : readiness.reason(name);
      text.append(name)
          .append(ready ? " ready" : " not ready")
          .append(reason.isEmpty() ? "" : ": ")
          .append(reason)
          .append('\n');
    });
    return HttpResponse.text(
        states.containsValue(false) ? 503 : 200, "text/plain", text.toString());
  }
}
