package im.hongyan.kit.logging;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.stream.Collectors;

/**
 * The pattern's {@code %indented}: an event's exception with its stack, each line behind a tab,
 * since messages of exceptions may have lines of their own.
 */
final class IndentedStack extends ThrowableProxyConverter {
  @Override
  protected String throwableProxyToString(IThrowableProxy thrown) {
    return super.throwableProxyToString(thrown)
        .lines()
        .map(line -> "\t" + ControlCharacters.escape(line.strip()) + System.lineSeparator())
        .collect(Collectors.joining());
  }
}
