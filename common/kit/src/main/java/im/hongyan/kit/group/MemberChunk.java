package im.hongyan.kit.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a group's members, sorted by user id, at most {@link #MOST}. Views of a group share
 * the chunks that did not change between them. Immutable.
 */
public final class MemberChunk {
  /** Members of a chunk at most. */
  public static final int MOST = 1_000;

  /** So many members make a new chunk, which leaves room before it is split. */
  static final int USUAL = 750;

  /** A chunk of fewer is joined with the one before it where both fit into a usual one. */
  static final int FEW = 200;

  private final List<GroupMember> members;
  private final List<String> userIds;

  private MemberChunk(List<GroupMember> members, List<String> userIds) {
    this.members = members;
    this.userIds = userIds;
  }

  private static MemberChunk of(List<GroupMember> members, List<String> idsBefore) {
    List<String> ids = members.stream().map(GroupMember::userId).toList();
    return new MemberChunk(List.copyOf(members), ids.equals(idsBefore) ? idsBefore : ids);
  }

  /** Chunks of about the same size for members in their order. */
  static List<MemberChunk> cut(List<GroupMember> sorted) {
    int chunks = (sorted.size() + USUAL - 1) / USUAL;
    List<MemberChunk> cut = new ArrayList<>(chunks);
    for (int i = 0; i < chunks; i++) {
      int from = (int) ((long) sorted.size() * i / chunks);
      int to = (int) ((long) sorted.size() * (i + 1) / chunks);
      cut.add(of(sorted.subList(from, to), List.of()));
    }
    return cut;
  }

  /** What becomes of the chunk with these members, null for who has left: none, one or more. */
  List<MemberChunk> with(Map<String, @Nullable GroupMember> changes) {
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
      return List.of(this);
    }
    if (sorted.isEmpty() || sorted.size() > MOST) {
      return cut(sorted);
    }
    return List.of(of(sorted, userIds));
  }

  /** This and the next chunk as one. */
  MemberChunk and(MemberChunk next) {
    List<GroupMember> both = new ArrayList<>(members);
    both.addAll(next.members);
    return of(both, List.of());
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

  /** The members, sorted by user id; never empty. */
  public List<GroupMember> members() {
    return members;
  }

  /**
   * Their ids in the same order. The very same list for as long as nobody of the stretch has come
   * or gone, whatever else has changed, so that a holder may know it by identity.
   */
  public List<String> userIds() {
    return userIds;
  }
}
