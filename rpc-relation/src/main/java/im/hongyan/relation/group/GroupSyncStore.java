package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.wire.id.GroupId;
import org.jdbi.v3.core.Jdbi;

/** Versions of groups' members and what they differ by. Safe for use by several threads. */
public final class GroupSyncStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public GroupSyncStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /** The version of a group's members; the group exists. */
  LogVersion version(GroupId groupId) {
    return jdbi.withHandle(
        handle -> VersionLogs.current(handle, Kind.GROUP_MEMBERS, groupId.value()));
  }

  /**
   * What separates a reader's copy of a group from it.
   *
   * @param current version of the group's members, read before
   */
  VersionDelta delta(GroupId groupId, LogVersion current, String versionId, long version) {
    return jdbi.withHandle(handle ->
        VersionLogs.deltaTo(
            handle, Kind.GROUP_MEMBERS, groupId.value(), current, versionId, version));
  }
}
