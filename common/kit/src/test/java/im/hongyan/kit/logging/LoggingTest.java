package im.hongyan.kit.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Proves that nothing that a client chooses begins a line of the log or reaches a terminal raw. */
class LoggingTest {
  private static final String FORGED =
      "x\n20:00:00.000 ERROR RunMain  FORGED \u001b[31mred\r\u0085y";
  private static final String ESCAPED =
      "x\\n20:00:00.000 ERROR RunMain  FORGED \\u001b[31mred\\r\\u0085y";

  private static List<String> lines(String format, String message, @Nullable Throwable thrown) {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent("", context.getLogger("a.Name"), Level.WARN, message, thrown, null);
    event.setMDCPropertyMap(Map.of("operationID", FORGED));
    byte[] bytes = Logging.encoder(format, context).encode(event);
    return new String(bytes, StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void anEventIsOneLineOfText() {
    assertThat(lines("text", FORGED, null))
        .singleElement()
        .satisfies(line -> assertThat(line).endsWith(" WARN  Name " + ESCAPED + " " + ESCAPED));
    assertThat(lines("text", "鸿雁 {}", null).getFirst()).endsWith(" 鸿雁 {}");
  }

  @Test
  void theLinesOfAStackAreIndented() {
    Throwable cause = new IllegalStateException("inner\n" + FORGED);
    List<String> lines = lines("text", "m", new IllegalArgumentException(FORGED, cause));
    assertThat(lines.subList(1, lines.size()))
        .hasSizeGreaterThan(4)
        .allMatch(line -> line.startsWith("\t") && line.indexOf('\u001b') < 0)
        .anyMatch(line -> line.startsWith("\tat im.hongyan.kit.logging.LoggingTest."))
        .anyMatch(line -> line.startsWith("\tCaused by: java.lang.IllegalStateException: inner"));
  }

  @Test
  void anEventIsOneLineOfJson() {
    assertThat(lines("json", FORGED, new IllegalArgumentException(FORGED)))
        .singleElement()
        .satisfies(line -> assertThat(line).startsWith("{").doesNotContain("\u001b"));
  }
}
