package im.hongyan.transfer.follower;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an operator has given up ({@code recovery.acceptLoss}, docs/operations/recovery.md): of a
 * lane, the messages before the offset that its log begins at and that no store has. Naming the
 * offset makes it good for one loss only. Immutable.
 *
 * @param begins offsets by lane
 */
public record AcceptedLosses(Map<Integer, Long> begins) {
  /** The key of the setting. */
  public static final String KEY = "recovery.acceptLoss";

  /** Nothing is given up. */
  public static final AcceptedLosses NONE = new AcceptedLosses(Map.of());

  private static final Pattern ENTRY = Pattern.compile("(\\d{1,4})@(\\d{1,18})");

  /** Copies the map. */
  public AcceptedLosses {
    begins = Map.copyOf(begins);
  }

  /**
   * Reads the setting.
   *
   * @throws ConfigException when an entry is not {@code LANE@BEGIN}, or names a lane twice
   */
  public static AcceptedLosses from(Settings settings) {
    Map<Integer, Long> begins = new HashMap<>();
    for (String entry : settings.list(KEY, List.of())) {
      Matcher parts = ENTRY.matcher(entry.strip());
      if (!parts.matches()) {
        throw new ConfigException(
            KEY + " takes LANE@BEGIN, such as 2@5000, several by commas; not '" + entry + "'");
      }
      if (begins.put(Integer.valueOf(parts.group(1)), Long.valueOf(parts.group(2))) != null) {
        throw new ConfigException(KEY + " names lane " + parts.group(1) + " twice");
      }
    }
    return new AcceptedLosses(begins);
  }

  /** Whether what the log of a lane lost before an offset is given up. */
  public boolean covers(int lane, long begin) {
    return Long.valueOf(begin).equals(begins.get(lane));
  }

  /** What to do to give it up, in one line. */
  String advice(int lane, long begin) {
    String line = "to give up what no store has, set %s: %d@%d".formatted(KEY, lane, begin);
    Long other = begins.get(lane);
    return other == null ? line : line + " (it names " + lane + "@" + other + " now)";
  }
}
