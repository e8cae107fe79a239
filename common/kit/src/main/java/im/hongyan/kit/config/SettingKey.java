package im.hongyan.kit.config;

/**
 * A key of the settings, as code reads it.
 *
 * @param kind how its text is understood
 * @param fallback its text where nobody sets it
 * @param live whether a change is taken while the process runs, and not at its next start alone
 */
public record SettingKey(Kind kind, String fallback, boolean live) {
  /** How a text is understood. */
  public enum Kind {
    TEXT,
    SECRET,
    LIST,
    NUMBER,
    FLAG,
    DURATION,
    /** Only asked for whether something is set. */
    PRESENCE
  }

  /** What two reads of one key amount to: it is live when both are. */
  SettingKey and(SettingKey other) {
    boolean unread = kind == Kind.PRESENCE;
    return new SettingKey(
        unread ? other.kind : kind, unread ? other.fallback : fallback, live && other.live);
  }
}
