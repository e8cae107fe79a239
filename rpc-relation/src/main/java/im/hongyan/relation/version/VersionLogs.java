package im.hongyan.relation.version;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Utf8Order;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/**
 * Version logs in the tables {@code version_log} and {@code version_log_entry} (rest-group.md 7.5):
 * of each element only the latest change is kept. Stateless; works within the caller's transaction,
 * which keeps the log's row locked to its end.
 */
public final class VersionLogs {
  /** Characters of a log's id. */
  private static final int ID_LENGTH = 24;

  /** Newest entries that stay; more than any reader gets one by one. */
  private static final int KEPT_ENTRIES = 2 * VersionDelta.MOST_ENTRIES;

  /** Changes of a list between two looks at what can go. */
  private static final int TRIM_EVERY = 128;

  private VersionLogs() {}

  /** What is logged. */
  public enum Kind {
    /** By group: users, the empty id for the group itself. Never trimmed: exact copies need it. */
    GROUP_MEMBERS(1, false),
    /** By user: groups. */
    JOINED_GROUPS(2, false),
    /** By user: friends, and {@link VersionDelta#ORDER} for their order. */
    FRIENDS(3, true),
    /** By user: users in the blacklist. */
    BLACKS(4, true),
    /** By user: conversations. */
    CONVERSATIONS(5, true);

    private final int number;
    private final boolean trimmed;

    Kind(int number, boolean trimmed) {
      this.number = number;
      this.trimmed = trimmed;
    }
  }

  /**
   * Whether a list has held one of these elements, or holds it, as far as its log goes back. Where
   * one comes again, copies have it at its old place.
   */
  public static boolean knows(
      Handle handle, Kind kind, String ownerId, Collection<String> elementIds) {
    return handle
        .createQuery(
            "SELECT 1 FROM version_log_entry WHERE kind = :kind AND owner_id = :owner"
                + " AND element_id IN (<elements>) LIMIT 1")
        .bind("kind", kind.number)
        .bind("owner", MySql.id(ownerId))
        .bindList("elements", elementIds.stream().map(MySql::id).toList())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /** What happened to an element. */
  public enum State {
    INSERTED(1),
    DELETED(2),
    UPDATED(3);

    private final int number;

    State(int number) {
      this.number = number;
    }

    private static State of(int number) {
      return switch (number) {
        case 1 -> INSERTED;
        case 2 -> DELETED;
        case 3 -> UPDATED;
        default -> throw new IllegalStateException("a version log's entry in state " + number);
      };
    }
  }

  /** An element's latest change. */
  record Entry(String element, State state, long version) {}

  /**
   * Keeps others from changing these lists until the transaction ends; makes logs that are missing,
   * with version 0. The first thing that a transaction does which reads a list before it changes
   * it.
   */
  public static void lock(Handle handle, Kind kind, Collection<String> ownerIds) {
    upsert(handle, kind, ownerIds, 0, "version = version");
  }

  /** Logs one change of several elements; returns the log's version with it. */
  public static LogVersion advance(
      Handle handle,
      Kind kind,
      String ownerId,
      Collection<String> elementIds,
      State state,
      long nowMillis) {
    return advance(handle, kind, ownerId, List.of(elementIds), state, nowMillis).getFirst();
  }

  /**
   * Logs several changes of a list, one after the other.
   *
   * @param changes the elements of each; no element is in two
   * @return the log's version with each
   */
  public static List<LogVersion> advance(
      Handle handle,
      Kind kind,
      String ownerId,
      List<? extends Collection<String>> changes,
      State state,
      long nowMillis) {
    upsert(handle, kind, List.of(ownerId), changes.size(), "version = version + VALUES(version)");
    LogVersion last =
        versions(handle, kind, List.of(ownerId)).getOrDefault(ownerId, LogVersion.NONE);
    List<LogVersion> versions = new ArrayList<>();
    Map<String, Object[]> entries = new TreeMap<>(Utf8Order.INSTANCE);
    for (Collection<String> elements : changes) {
      long number = last.number() - changes.size() + versions.size() + 1;
      versions.add(new LogVersion(last.id(), number));
      for (String element : elements) {
        entries.put(element, entry(kind, ownerId, element, state, number, nowMillis));
      }
    }
    write(handle, List.copyOf(entries.values()));
    versions.forEach(version -> trim(handle, kind, ownerId, version.number()));
    return versions;
  }

  /** Logs a change of one element in the logs of several owners. */
  public static void advanceEach(
      Handle handle,
      Kind kind,
      Collection<String> ownerIds,
      String elementId,
      State state,
      long nowMillis) {
    List<String> sorted = ownerIds.stream().sorted(Utf8Order.INSTANCE).toList();
    step(handle, kind, sorted);
    Map<String, LogVersion> versions = versions(handle, kind, sorted);
    List<Object[]> entries =
        sorted.stream()
            .map(owner ->
                entry(
                    kind,
                    owner,
                    elementId,
                    state,
                    versions.getOrDefault(owner, LogVersion.NONE).number(),
                    nowMillis))
            .toList();
    write(handle, entries);
    versions.forEach((owner, version) -> trim(handle, kind, owner, version.number()));
  }

  private static void step(Handle handle, Kind kind, List<String> owners) {
    upsert(handle, kind, owners, 1, "version = version + 1");
  }

  private static void upsert(
      Handle handle, Kind kind, Collection<String> owners, long firstVersion, String onDuplicate) {
    List<Object[]> rows =
        owners.stream()
            .sorted(Utf8Order.INSTANCE)
            .map(owner -> new Object[] {kind.number, MySql.id(owner), newId(), firstVersion})
            .toList();
    Rows.insert(
        handle,
        "INSERT INTO version_log (kind, owner_id, version_id, version) VALUES",
        rows,
        "ON DUPLICATE KEY UPDATE " + onDuplicate);
  }

  /** Forgets changes that no reader gets one by one, now and then. */
  private static void trim(Handle handle, Kind kind, String ownerId, long version) {
    if (!kind.trimmed || version % TRIM_EVERY != 0) {
      return;
    }
    handle
        .createQuery(
            "SELECT version FROM version_log_entry WHERE kind = ? AND owner_id = ?"
                + " ORDER BY version DESC LIMIT 1 OFFSET ?")
        .bind(0, kind.number)
        .bind(1, MySql.id(ownerId))
        .bind(2, KEPT_ENTRIES)
        .mapTo(Long.class)
        .findOne()
        .ifPresent(last -> {
          handle.execute(
              "DELETE FROM version_log_entry WHERE kind = ? AND owner_id = ? AND version <= ?",
              kind.number,
              MySql.id(ownerId),
              last);
          handle.execute(
              "UPDATE version_log SET trimmed_to = ? WHERE kind = ? AND owner_id = ?",
              last,
              kind.number,
              MySql.id(ownerId));
        });
  }

  private static byte[] newId() {
    return MySql.id(MessageIds.next().substring(0, ID_LENGTH));
  }

  private static Object[] entry(
      Kind kind, String owner, String element, State state, long version, long nowMillis) {
    State logged = element.equals(VersionDelta.ORDER) ? State.UPDATED : state;
    return new Object[] {
      kind.number, MySql.id(owner), MySql.id(element), logged.number, version, nowMillis
    };
  }

  private static void write(Handle handle, List<Object[]> entries) {
    Rows.insert(
        handle,
        "INSERT INTO version_log_entry"
            + " (kind, owner_id, element_id, state, version, last_update) VALUES",
        entries,
        "ON DUPLICATE KEY UPDATE state = VALUES(state), version = VALUES(version),"
            + " last_update = VALUES(last_update)");
  }

  /** The versions of those logs that exist. */
  public static Map<String, LogVersion> versions(
      Handle handle, Kind kind, Collection<String> ownerIds) {
    Map<String, LogVersion> found = new HashMap<>();
    if (ownerIds.isEmpty()) {
      return found;
    }
    handle
        .createQuery(
            "SELECT owner_id, version_id, version FROM version_log"
                + " WHERE kind = :kind AND owner_id IN (<owners>)")
        .bind("kind", kind.number)
        .bindList("owners", ownerIds.stream().map(MySql::id).toList())
        .map((row, context) ->
            Map.entry(
                MySql.id(row.getBytes(1)),
                new LogVersion(MySql.id(row.getBytes(2)), row.getLong(3))))
        .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
    return found;
  }

  /**
   * What a reader with an older copy of a list has to do (client-sync.md 7.3). The version is read
   * before the changes, so that a later reading repeats rather than misses one.
   *
   * @param versionId id of the reader's copy; any text
   * @param version number of the reader's copy, unsigned
   */
  public static VersionDelta delta(
      Handle handle, Kind kind, String ownerId, String versionId, long version) {
    Head head = head(handle, kind, ownerId);
    return Long.compareUnsigned(version, head.trimmedTo()) < 0
        ? VersionDelta.full(head.version())
        : deltaTo(handle, kind, ownerId, head.version(), versionId, version);
  }

  /**
   * As {@link #delta}, of a log that is never trimmed.
   *
   * @param current the log's version, read before
   */
  public static VersionDelta deltaTo(
      Handle handle,
      Kind kind,
      String ownerId,
      LogVersion current,
      String versionId,
      long version) {
    if (VersionDelta.isWhole(current, versionId, version)) {
      return VersionDelta.full(current);
    }
    if (version == current.number()) {
      return VersionDelta.unchanged(current);
    }
    List<Entry> entries =
        handle
            .createQuery(
                "SELECT element_id, state, version FROM version_log_entry WHERE kind = ?"
                    + " AND owner_id = ? AND version > ? ORDER BY version LIMIT ?")
            .bind(0, kind.number)
            .bind(1, MySql.id(ownerId))
            .bind(2, version)
            .bind(3, VersionDelta.MOST_ENTRIES + 1)
            .map((row, context) ->
                new Entry(MySql.id(row.getBytes(1)), State.of(row.getInt(2)), row.getLong(3)))
            .list();
    return VersionDelta.of(current, entries);
  }

  /** The version of a list; a log that is missing begins, with version 1 and without entries. */
  public static LogVersion current(Handle handle, Kind kind, String ownerId) {
    return head(handle, kind, ownerId).version();
  }

  /**
   * The owner that a reader names.
   *
   * @throws im.hongyan.wire.error.ImException 500 when it names nobody (rest-account.md 3.15)
   */
  public static String requireOwner(String ownerId) {
    if (ownerId.isEmpty()) {
      throw ImError.INTERNAL.with("versionKey is empty");
    }
    return ownerId;
  }

  private record Head(LogVersion version, long trimmedTo) {}

  private static Head head(Handle handle, Kind kind, String ownerId) {
    return findHead(handle, kind, ownerId)
        .orElseGet(() -> {
          upsert(handle, kind, List.of(ownerId), 1, "version = GREATEST(version, 1)");
          return findHead(handle, kind, ownerId).orElseThrow();
        });
  }

  private static Optional<Head> findHead(Handle handle, Kind kind, String ownerId) {
    return handle
        .createQuery(
            "SELECT version_id, version, trimmed_to FROM version_log"
                + " WHERE kind = ? AND owner_id = ? AND version > 0")
        .bind(0, kind.number)
        .bind(1, MySql.id(ownerId))
        .map((row, context) ->
            new Head(new LogVersion(MySql.id(row.getBytes(1)), row.getLong(2)), row.getLong(3)))
        .findOne();
  }

  /** Elements that have changed since a version, the oldest change first. */
  public static List<String> changedSince(
      Handle handle, Kind kind, String ownerId, long version, int most) {
    return handle
        .createQuery(
            "SELECT element_id FROM version_log_entry WHERE kind = ? AND owner_id = ?"
                + " AND version > ? ORDER BY version LIMIT ?")
        .bind(0, kind.number)
        .bind(1, MySql.id(ownerId))
        .bind(2, version)
        .bind(3, most)
        .mapTo(byte[].class)
        .map(MySql::id)
        .list();
  }
}
