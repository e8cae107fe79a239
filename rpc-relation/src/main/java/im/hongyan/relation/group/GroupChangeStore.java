package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.Utf8Order;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Changes groups, each change one transaction. Safe for use by several threads and processes. */
public final class GroupChangeStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public GroupChangeStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Changes a group that is not dismissed.
   *
   * @param change may run more than once, when the database breaks a deadlock; what it throws
   *     undoes it
   * @throws im.hongyan.wire.error.ImException 1004 when there is no such group, 1204 when it is
   *     dismissed
   */
  <T> T change(GroupId groupId, long nowMillis, Function<LockedGroup, T> change) {
    return changeAny(groupId, nowMillis, group -> change.apply(open(group)));
  }

  /** Changes several groups as {@link #change} does, all of them or none. */
  void changeAll(Map<GroupId, Consumer<LockedGroup>> changes, long nowMillis) {
    boolean _ =
        Transactions.run(
            jdbi,
            handle -> {
              Map<GroupId, LockedGroup> locked = new HashMap<>();
              changes.keySet().stream()
                  .sorted(Comparator.comparing(GroupId::value, Utf8Order.INSTANCE))
                  .forEach(id -> locked.put(id, open(lock(handle, id, nowMillis))));
              changes.forEach(
                  (id, change) -> change.accept(Objects.requireNonNull(locked.get(id))));
              return true;
            });
  }

  private static LockedGroup open(LockedGroup group) {
    if (group.info().getStatus() == GroupStatus.DISMISSED) {
      throw ImError.DISMISSED_ALREADY.bare();
    }
    return group;
  }

  private static LockedGroup lock(Handle handle, GroupId groupId, long nowMillis) {
    return LockedGroupRows.lock(handle, groupId, nowMillis)
        .orElseThrow(ImError.RECORD_NOT_FOUND::bare);
  }

  /** As {@link #change}, also of a group that is dismissed. */
  <T> T changeAny(GroupId groupId, long nowMillis, Function<LockedGroup, T> change) {
    return Transactions.run(jdbi, handle -> change.apply(lock(handle, groupId, nowMillis)));
  }
}
