package im.hongyan.relation.group;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Groups and their version logs, for those who keep copies. Safe for use by several threads. */
public final class GroupViewStore implements GroupViewReader {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public GroupViewStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public Map<GroupId, LogVersion> versions(Collection<GroupId> groupIds) {
    List<String> owners = groupIds.stream().map(GroupId::value).toList();
    Map<GroupId, LogVersion> versions = new HashMap<>();
    jdbi.withHandle(handle -> VersionLogs.versions(handle, Kind.GROUP_MEMBERS, owners))
        .forEach((owner, version) -> versions.put(new GroupId(owner), version));
    return versions;
  }

  @Override
  public Optional<GroupInfo> find(GroupId groupId) {
    return jdbi.withHandle(handle -> GroupRows.find(handle, groupId));
  }

  @Override
  public List<UserId> changedSince(GroupId groupId, long version, int most) {
    return jdbi
        .withHandle(handle ->
            VersionLogs.changedSince(handle, Kind.GROUP_MEMBERS, groupId.value(), version, most))
        .stream()
        .map(UserId::new)
        .toList();
  }

  @Override
  public List<Member> members(GroupId groupId, Collection<UserId> userIds) {
    return jdbi.withHandle(handle -> GroupRows.members(handle, groupId, userIds));
  }

  @Override
  public List<Member> membersAfter(GroupId groupId, UserId userId, int most) {
    return jdbi.withHandle(handle -> GroupRows.membersAfter(handle, groupId, userId, most));
  }
}
