package im.hongyan.kit.metrics;

import im.hongyan.kit.http.HttpAnswer;
import im.hongyan.kit.http.HttpCall;
import im.hongyan.kit.http.HttpHandler;
import im.hongyan.kit.platform.Readiness;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;

/**
 * What operators and their tools read of a process: {@code /metrics}, {@code /healthz} (the process
 * lives) and {@code /readyz} (every part is ready). Safe for use by several threads.
 */
public final class OperatorPages implements HttpHandler {
  private final PrometheusMeterRegistry meters;
  private final Readiness readiness;

  /** Creates the pages of a process. */
  public OperatorPages(PrometheusMeterRegistry meters, Readiness readiness) {
    this.meters = meters;
    this.readiness = readiness;
  }

  @Override
  public HttpAnswer handle(HttpCall call) {
    return switch (call.path()) {
      case "/metrics" -> HttpAnswer.text(200, "text/plain; version=0.0.4", meters.scrape());
      case "/healthz" -> HttpAnswer.text(200, "text/plain", "alive\n");
      case "/readyz" -> readiness();
      default -> HttpAnswer.text(404, "text/plain", "404 page not found");
    };
  }

  private HttpAnswer readiness() {
    Map<String, Boolean> states = readiness.states();
    StringBuilder text = new StringBuilder();
    states.forEach((name, ready) -> text.append(name).append(ready ? " ready\n" : " not ready\n"));
    return HttpAnswer.text(states.containsValue(false) ? 503 : 200, "text/plain", text.toString());
  }
}
