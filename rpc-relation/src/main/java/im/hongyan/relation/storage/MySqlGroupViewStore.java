package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.group.Group;
import im.hongyan.relation.group.GroupViewStore;
import im.hongyan.relation.group.Member;
import im.hongyan.relation.storage.VersionLogs.Kind;
import im.hongyan.relation.version.LogVersion;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Groups and their version logs, for those who keep copies. */
public final class MySqlGroupViewStore implements GroupViewStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MySqlGroupViewStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public Map<String, LogVersion> versions(Collection<String> groupIds) {
    return jdbi.withHandle(handle -> VersionLogs.versions(handle, Kind.GROUP_MEMBERS, groupIds));
  }

  @Override
  public Optional<Group> find(String groupId) {
    return jdbi.withHandle(handle -> GroupRows.find(handle, groupId));
  }

  @Override
  public List<String> changedSince(String groupId, long version, int most) {
    return jdbi.withHandle(
        handle -> VersionLogs.changedSince(handle, Kind.GROUP_MEMBERS, groupId, version, most));
  }

  @Override
  public List<Member> members(String groupId, Collection<String> userIds) {
    return jdbi.withHandle(handle -> GroupRows.members(handle, groupId, userIds));
  }

  @Override
  public List<Member> membersAfter(String groupId, String userId, int most) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT "
                    + GroupRows.MEMBER_COLUMNS
                    + " FROM group_member WHERE group_id = ? AND user_id > ?"
                    + " ORDER BY user_id LIMIT ?")
            .bind(0, MySql.id(groupId))
            .bind(1, MySql.id(userId))
            .bind(2, most)
            .map((row, context) -> GroupRows.member(row))
            .list());
  }
}
