package im.hongyan.relation.version;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Utf8Order;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/**
 * Version logs in the tables {@code version_log} and {@code version_log_entry} (rest-group.md 7.5):
 * of each element only the latest change is kept. Stateless; works within the caller's transaction,
 * which keeps the log's row locked to its end.
 */
public final class VersionLogs {
  /** Characters of a log's id. */
  private static final int ID_LENGTH = 24;

  private VersionLogs() {}

  /** What is logged. */
  public enum Kind {
    /** By group: users, the empty id for the group itself. */
    GROUP_MEMBERS(1),
    /** By user: groups. */
    JOINED_GROUPS(2);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
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
  }

  /** Logs one change of several elements; returns the log's version with it. */
  public static LogVersion advance(
      Handle handle,
      Kind kind,
      String ownerId,
      Collection<String> elementIds,
      State state,
      long nowMillis) {
    step(handle, kind, List.of(ownerId));
    LogVersion version =
        versions(handle, kind, List.of(ownerId)).getOrDefault(ownerId, LogVersion.NONE);
    List<Object[]> entries =
        elementIds.stream()
            .sorted(Utf8Order.INSTANCE)
            .map(element -> entry(kind, ownerId, element, state, version.number(), nowMillis))
            .toList();
    write(handle, entries);
    return version;
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
  }

  private static void step(Handle handle, Kind kind, List<String> sortedOwners) {
    List<Object[]> rows =
        sortedOwners.stream()
            .map(owner -> new Object[] {kind.number, MySql.id(owner), newId(), 1L})
            .toList();
    Rows.insert(
        handle,
        "INSERT INTO version_log (kind, owner_id, version_id, version) VALUES",
        rows,
        "ON DUPLICATE KEY UPDATE version = version + 1");
  }

  private static byte[] newId() {
    return MySql.id(MessageIds.next().substring(0, ID_LENGTH));
  }

  private static Object[] entry(
      Kind kind, String owner, String element, State state, long version, long nowMillis) {
    return new Object[] {
      kind.number, MySql.id(owner), MySql.id(element), state.number, version, nowMillis
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
