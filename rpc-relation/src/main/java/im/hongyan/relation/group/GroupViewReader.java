package im.hongyan.relation.group;

import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads groups for those who keep copies of them. Safe for use by several threads. Each read stands
 * alone: a reader of the version first and the rest afterwards gets nothing older than it.
 */
public interface GroupViewReader {
  /** The versions of these groups; those without one are left out. */
  Map<GroupId, LogVersion> versions(Collection<GroupId> groupIds);

  /** A group, dismissed or not. */
  Optional<GroupInfo> find(GroupId groupId);

  /**
   * What has changed since a version: user ids, the empty one for the group itself, and the mark of
   * a changed order; in any order.
   */
  List<UserId> changedSince(GroupId groupId, long version, int most);

  /** Those of these users that are members, in any order. */
  List<Member> members(GroupId groupId, Collection<UserId> userIds);

  /** Members in the order of their ids' bytes, beginning after one. */
  List<Member> membersAfter(GroupId groupId, UserId userId, int most);
}
