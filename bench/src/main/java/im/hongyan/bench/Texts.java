package im.hongyan.bench;

import java.time.Duration;
import java.util.Locale;

/** How values are written in a report's headline. Stateless. */
final class Texts {
  private Texts() {}

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** As it is given on the command line: 20s, 1m30s. */
  static String of(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  /** Without decimals that are zero. */
  static String of(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }
}
