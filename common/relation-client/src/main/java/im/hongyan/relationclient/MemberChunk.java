package im.hongyan.relationclient;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Some of a group's members, sorted by user id: those whose ids' hashes end alike. Views of a group
 * share the chunks that did not change between them. Immutable.
 */
public final class MemberChunk {
  private static final MemberChunk EMPTY = new MemberChunk(List.of(), List.of());

  private final List<GroupMember> members;
  private final List<String> userIds;

  private MemberChunk(List<GroupMember> members, List<String> userIds) {
    this.members = members;
    this.userIds = userIds;
  }

  /** A chunk of these members. */
  static MemberChunk of(Collection<GroupMember> members) {
    return EMPTY.with(
        members.stream().collect(TreeMap::new, (m, one) -> m.put(one.userId(), one), Map::putAll));
  }

  /** The chunk with these members, null for who has left; itself when that changes nothing. */
  MemberChunk with(Map<String, @Nullable GroupMember> changes) {
    TreeMap<String, GroupMember> merged = new TreeMap<>();
    members.forEach(member -> merged.put(member.userId(), member));
    changes.forEach((userId, member) -> {
      if (member == null) {
        merged.remove(userId);
      } else {
        merged.put(userId, member);
      }
    });
    List<GroupMember> sorted = List.copyOf(merged.values());
    if (sorted.equals(members)) {
      return this;
    }
    List<String> ids = List.copyOf(merged.keySet());
    return new MemberChunk(sorted, ids.equals(userIds) ? userIds : ids);
  }

  @Nullable GroupMember find(String userId) {
    int low = 0;
    int high = members.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      GroupMember member = members.get(middle);
      int order = member.userId().compareTo(userId);
      if (order == 0) {
        return member;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return null;
  }

  /** The members, sorted by user id; may be empty. */
  public List<GroupMember> members() {
    return members;
  }

  /**
   * Their ids in the same order. The very same list for as long as nobody of the chunk has come or
   * gone, whatever else has changed, so that a holder may know it by identity.
   */
  public List<String> userIds() {
    return userIds;
  }
}
