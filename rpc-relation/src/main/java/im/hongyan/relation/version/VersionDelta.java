package im.hongyan.relation.version;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What separates a reader's copy of a list from the list (client-sync.md 7.3, rest-account.md
 * 3.15).
 *
 * @param current the list's version now
 * @param full whether the reader must read everything; nothing is listed then
 * @param orderVersion version at which the order has last changed; 0 where it has not
 */
public record VersionDelta(
    LogVersion current,
    boolean full,
    List<String> inserted,
    List<String> deleted,
    List<String> updated,
    long orderVersion) {
  /** The element that stands for the order of a list. */
  public static final String ORDER = "____S_O_R_T_I_D____";

  /** A longer answer is read page by page instead: in JSON a character may have six bytes. */
  public static final int MOST_BYTES = 4 << 20;

  /** More changes than these are read as a whole. */
  static final int MOST_ENTRIES = 200;

  private static final Pattern VALID_ID = Pattern.compile("(?!0{24})[0-9a-fA-F]{24}");

  /** Copies the lists. */
  public VersionDelta {
    inserted = List.copyOf(inserted);
    deleted = List.copyOf(deleted);
    updated = List.copyOf(updated);
  }

  /** Whether a copy's version alone says that everything must be read. */
  static boolean isWhole(LogVersion current, String versionId, long version) {
    return version == 0
        || !VALID_ID.matcher(versionId).matches()
        || !current.id().equals(versionId)
        || Long.compareUnsigned(version, current.number()) > 0;
  }

  static VersionDelta full(LogVersion current) {
    return new VersionDelta(current, true, List.of(), List.of(), List.of(), 0);
  }

  static VersionDelta unchanged(LogVersion current) {
    return new VersionDelta(current, false, List.of(), List.of(), List.of(), 0);
  }

  /** Of all entries behind the reader's version, or of more than {@link #MOST_ENTRIES}. */
  static VersionDelta of(LogVersion current, List<VersionLogs.Entry> entries) {
    if (entries.size() > MOST_ENTRIES) {
      return full(current);
    }
    List<String> inserted = new ArrayList<>();
    List<String> deleted = new ArrayList<>();
    List<String> updated = new ArrayList<>();
    long orderVersion = 0;
    for (VersionLogs.Entry entry : entries) {
      if (entry.element().equals(ORDER)) {
        orderVersion = entry.version();
        continue;
      }
      List<String> elements =
          switch (entry.state()) {
            case INSERTED -> inserted;
            case DELETED -> deleted;
            case UPDATED -> updated;
          };
      elements.add(entry.element());
    }
    return new VersionDelta(current, false, inserted, deleted, updated, orderVersion);
  }
}
