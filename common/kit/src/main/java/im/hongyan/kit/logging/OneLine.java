package im.hongyan.kit.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;

/** The pattern's {@code %oneLine(…)}: what is within takes no second line. */
final class OneLine extends CompositeConverter<ILoggingEvent> {
  @Override
  protected String transform(ILoggingEvent event, String text) {
    return ControlCharacters.escape(text);
  }
}
