package im.hongyan.relation.group;

import im.hongyan.relation.version.LogVersion;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Groups for those who keep copies of them. Safe for use by several threads. Each read stands
 * alone: who reads the version first and the rest afterwards gets nothing older than it.
 */
public interface GroupViewStore {
  /** The versions of these groups; those without one are left out. */
  Map<String, LogVersion> versions(Collection<String> groupIds);

  /** A group, dismissed or not. */
  Optional<Group> find(String groupId);

  /**
   * What has changed since a version: user ids, the empty one for the group itself, and the mark of
   * a changed order; in any order.
   */
  List<String> changedSince(String groupId, long version, int most);

  /** Those of these users that are members, in any order. */
  List<Member> members(String groupId, Collection<String> userIds);

  /** Members in the order of their ids' bytes, beginning after one. */
  List<Member> membersAfter(String groupId, String userId, int most);
}
