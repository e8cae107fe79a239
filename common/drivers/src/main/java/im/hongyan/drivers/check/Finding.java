package im.hongyan.drivers.check;

import im.hongyan.wire.error.ImException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line on a store.
 *
 * @param place the store and its address
 * @param state what is the matter, or what it is where all is well
 * @param remedy what to do; empty where all is well
 */
public record Finding(String place, String state, String remedy) {
  private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)");
  private static final Duration CLOCK_LIMIT = Duration.ofSeconds(2);
  private static final double LEAST_FREE = 0.1;
  private static final double GIB = 1 << 30;
  private static final double ENOUGH_BYTES = 10 * GIB;

  /** All is well. */
  public static Finding well(String place, String state) {
    return new Finding(place, state, "");
  }

  /** A store that cannot be used at all. */
  static Finding unusable(String place, ImException failure) {
    return ofLine(place, failure.detail());
  }

  /** Of a line that has what is the matter and, behind a semicolon, what to do. */
  static Finding ofLine(String place, String line) {
    String[] parts = line.split("; ", 2);
    return new Finding(
        place, parts[0], parts.length > 1 ? parts[1] : "see its log, and the settings of it");
  }

  /** Whether there is nothing to do. */
  public boolean isWell() {
    return remedy.isEmpty();
  }

  /** As an operator reads it. */
  public String line() {
    return place + ": " + state + (isWell() ? "" : " -> " + remedy);
  }

  /**
   * Adds a finding where a version is too old.
   *
   * @param version with two numbers in it; one that has none is passed over
   */
  static void requireVersion(
      List<Finding> findings, String place, String version, int major, int minor) {
    Matcher numbers = VERSION.matcher(version);
    if (numbers.find()) {
      int found = Integer.parseInt(numbers.group(1)) * 1000 + Integer.parseInt(numbers.group(2));
      if (found < major * 1000 + minor) {
        findings.add(
            new Finding(
                place,
                "version " + version + " is older than " + major + "." + minor,
                "upgrade it"));
      }
    }
  }

  /**
   * Adds a finding where a server's clock and ours differ.
   *
   * @param before ours before the question, {@code after} behind the answer
   */
  static void requireClock(
      List<Finding> findings, String place, Instant before, Instant theirs, Instant after) {
    Duration ahead = Duration.between(after, theirs);
    Duration behind = Duration.between(theirs, before);
    if (ahead.compareTo(CLOCK_LIMIT) > 0 || behind.compareTo(CLOCK_LIMIT) > 0) {
      Duration off = ahead.isPositive() ? ahead : behind;
      findings.add(
          new Finding(
              place,
              "its clock is %.1f s %s this machine's"
                  .formatted(off.toMillis() / 1e3, ahead.isPositive() ? "ahead of" : "behind"),
              "let all machines follow one time server (chrony, NTP)"));
    }
  }

  /** Adds a finding where less than a tenth of a disk is free, and less than 10 GiB. */
  public static void requireFree(
      List<Finding> findings, String place, long freeBytes, long totalBytes) {
    if (totalBytes > 0 && freeBytes < Math.min(totalBytes * LEAST_FREE, ENOUGH_BYTES)) {
      findings.add(
          new Finding(
              place,
              String.format(
                  Locale.ROOT,
                  "%.1f of %.1f GiB of its disk are free",
                  freeBytes / GIB,
                  totalBytes / GIB),
              "make room or add disk; a full one stops the store"));
    }
  }
}
