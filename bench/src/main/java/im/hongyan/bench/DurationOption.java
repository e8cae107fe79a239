package im.hongyan.bench;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 200ms}, {@code 20s}, {@code 1m30s} or {@code 2h} on the command line. */
public final class DurationOption implements ITypeConverter<Duration> {
  @Override
  public Duration convert(String value) {
    try {
      Duration duration =
          value.endsWith("ms")
              ? Duration.ofMillis(Long.parseLong(value, 0, value.length() - 2, 10))
              : Duration.parse("PT" + value);
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeParseException | NumberFormatException noDuration) {
      // The message below says what is wanted.
    }
    throw new TypeConversionException("'" + value + "' is no duration such as 20s or 1m30s");
  }
}
