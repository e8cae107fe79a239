package im.hongyan.kit.config;

import java.time.Duration;

/** Times as settings have them: 500ms, 20s, 5m, 24h, 14d. Stateless. */
final class DurationText {
  private static final long DAY_HOURS = 24;

  private DurationText() {}

  /** In the largest unit that it is whole in, from two days on in days. */
  static String of(Duration time) {
    if (time.toMillisPart() != 0) {
      return time.toMillis() + "ms";
    }
    long seconds = time.toSeconds();
    if (seconds == 0 || time.toSecondsPart() != 0) {
      return seconds + "s";
    }
    if (time.toMinutesPart() != 0) {
      return time.toMinutes() + "m";
    }
    long hours = time.toHours();
    return hours % DAY_HOURS != 0 || hours <= DAY_HOURS ? hours + "h" : hours / DAY_HOURS + "d";
  }
}
