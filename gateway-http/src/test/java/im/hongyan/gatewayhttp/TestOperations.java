package im.hongyan.gatewayhttp;

import im.hongyan.kit.config.LocalConfigCentre;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.kit.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

/** What a gateway shows operators where a test is about something else. */
final class TestOperations {
  static final Operations ALONE =
      new Operations(
          call -> HttpResponse.text(200, "text/plain", "operator"),
          new LocalConfigCentre(Settings.load(Path.of("none.yml"), Map.of(), Map.of()), null),
          MetricsTargets.NONE);

  private TestOperations() {}
}
