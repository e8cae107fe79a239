package im.hongyan.kit.group;

import im.hongyan.proto.groups.GroupState;
import im.hongyan.proto.groups.GroupVersion;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A group as it was at a version. The members lie in chunks of at most {@link MemberChunk#MOST}, as
 * in a tree of two levels: finding one takes two binary searches, and the view of the next version
 * copies the chunks in which something changed and the list of chunks, nothing else. Immutable,
 * shared and never copied.
 */
public final class GroupView {
  private final String groupId;
  private final GroupVersion version;
  private final GroupState state;
  private final List<MemberChunk> chunks;

  /** Members in the chunks before each one, and of all. */
  private final int[] before;

  private GroupView(
      String groupId, GroupVersion version, GroupState state, List<MemberChunk> chunks) {
    this.groupId = groupId;
    this.version = version;
    this.state = state;
    this.chunks = List.copyOf(chunks);
    before = new int[chunks.size() + 1];
    for (int i = 0; i < chunks.size(); i++) {
      before[i + 1] = before[i] + chunks.get(i).members().size();
    }
  }

  /** A group with all of its members, in any order. */
  public static GroupView of(
      String groupId, GroupVersion version, GroupState state, Collection<GroupMember> members) {
    TreeMap<String, GroupMember> sorted = new TreeMap<>();
    members.forEach(member -> sorted.put(member.userId(), member));
    return new GroupView(
        groupId, version, state, MemberChunk.cut(new ArrayList<>(sorted.values())));
  }

  /** The group at another version, where these members have come or changed and these have left. */
  GroupView with(
      GroupVersion newVersion,
      GroupState newState,
      Collection<GroupMember> changed,
      Collection<String> left) {
    if (chunks.isEmpty()) {
      return of(groupId, newVersion, newState, changed);
    }
    TreeMap<String, @Nullable GroupMember> changes = new TreeMap<>();
    left.forEach(userId -> changes.put(userId, null));
    changed.forEach(member -> changes.put(member.userId(), member));
    return new GroupView(
        groupId, newVersion, newState, changes.isEmpty() ? chunks : merge(changes));
  }

  private List<MemberChunk> merge(NavigableMap<String, @Nullable GroupMember> changes) {
    List<MemberChunk> merged = new ArrayList<>(chunks.size() + 1);
    NavigableMap<String, @Nullable GroupMember> rest = changes;
    for (int i = 0; i < chunks.size(); i++) {
      MemberChunk chunk = chunks.get(i);
      boolean last = i + 1 == chunks.size();
      NavigableMap<String, @Nullable GroupMember> mine =
          last ? rest : rest.headMap(first(chunks.get(i + 1)), false);
      List<MemberChunk> became = mine.isEmpty() ? List.of(chunk) : chunk.with(mine);
      became.forEach(one -> add(merged, one));
      if (!last) {
        rest = rest.tailMap(first(chunks.get(i + 1)), true);
      }
    }
    return merged;
  }

  /** Joins small neighbours, so that a group that shrinks does not end as a list of crumbs. */
  private static void add(List<MemberChunk> chunks, MemberChunk next) {
    if (!chunks.isEmpty()) {
      MemberChunk previous = chunks.getLast();
      int small = Math.min(previous.members().size(), next.members().size());
      int both = previous.members().size() + next.members().size();
      if (small < MemberChunk.FEW && both <= MemberChunk.USUAL) {
        chunks.set(chunks.size() - 1, previous.and(next));
        return;
      }
    }
    chunks.add(next);
  }

  private static String first(MemberChunk chunk) {
    return chunk.userIds().getFirst();
  }

  /** The group's id. */
  public String groupId() {
    return groupId;
  }

  /** Its version; what the view holds may be newer, never older. */
  public GroupVersion version() {
    return version;
  }

  /** 0 normal, 2 dismissed, 3 muted. */
  public int status() {
    return state.getStatus();
  }

  /** The group's type. */
  public int groupType() {
    return state.getGroupType();
  }

  /** Its owner; empty where there is none. */
  public String ownerUserId() {
    return state.getOwnerUserId();
  }

  /** How many members the group's row counts. */
  public int memberCount() {
    return state.getMemberCount();
  }

  /** How many members there are. */
  public int size() {
    return before[chunks.size()];
  }

  /** The member of that id, where the user is one. */
  public Optional<GroupMember> member(String userId) {
    int low = 0;
    int high = chunks.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (first(chunks.get(middle)).compareTo(userId) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return chunks.isEmpty() ? Optional.empty() : Optional.ofNullable(chunks.get(low).find(userId));
  }

  /** All members, sorted by user id; a view of the chunks, nothing is copied. */
  public List<GroupMember> members() {
    return new AbstractList<>() {
      @Override
      public GroupMember get(int index) {
        Objects.checkIndex(index, size());
        int at = Arrays.binarySearch(before, index);
        int chunk = at >= 0 ? at : -at - 2;
        return chunks.get(chunk).members().get(index - before[chunk]);
      }

      @Override
      public int size() {
        return GroupView.this.size();
      }
    };
  }

  /** The members in stretches, in their order. */
  public List<MemberChunk> chunks() {
    return chunks;
  }

  /** Whether the view is of this version or a later one. */
  boolean covers(GroupVersion wanted) {
    return version.getId().equals(wanted.getId())
        && Long.compareUnsigned(version.getNumber(), wanted.getNumber()) >= 0;
  }
}
