package im.hongyan.relationclient;

import im.hongyan.proto.groups.GroupState;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A group as it was at a version. The members lie in chunks by the hash of their ids, a power of
 * two of them, {@link #USUAL} members to a chunk at most on average: who is in which follows from
 * the ids and the number of members alone, so two processes cut a group in the same way. Finding a
 * member takes one binary search. The view of the next version copies the chunks in which something
 * changed and the list of chunks, nothing else; only when the number of chunks changes, which it
 * does where the group doubles or halves, everything is cut anew. Immutable, shared and never
 * copied.
 */
public final class GroupView {
  /** Members of a chunk on average, at most. */
  static final int USUAL = 640;

  private final GroupId groupId;
  private final GroupVersion version;
  private final GroupState state;
  private final List<MemberChunk> chunks;

  /** Members in the chunks before each one, and of all. */
  private final int[] before;

  private GroupView(
      GroupId groupId, GroupVersion version, GroupState state, List<MemberChunk> chunks) {
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
      GroupId groupId, GroupVersion version, GroupState state, Collection<GroupMember> members) {
    List<List<GroupMember>> cut = new ArrayList<>();
    int number = chunksFor(members.size());
    for (int i = 0; i < number; i++) {
      cut.add(new ArrayList<>());
    }
    members.forEach(member -> cut.get(place(member.userId(), number)).add(member));
    return new GroupView(groupId, version, state, cut.stream().map(MemberChunk::of).toList());
  }

  private static int chunksFor(int members) {
    int chunks = 1;
    while ((long) chunks * USUAL < members) {
      chunks *= 2;
    }
    return chunks;
  }

  private static int place(String userId, int chunks) {
    // Similar ids have similar hashes: the bits are mixed as murmur3 ends.
    int hash = userId.hashCode();
    hash = (hash ^ hash >>> 16) * 0x85ebca6b;
    hash = (hash ^ hash >>> 13) * 0xc2b2ae35;
    return (hash ^ hash >>> 16) & chunks - 1;
  }

  /** The group at another version, where these members have come or changed and these have left. */
  GroupView with(
      GroupVersion newVersion,
      GroupState newState,
      Collection<GroupMember> changed,
      Collection<String> left) {
    Map<Integer, Map<String, @Nullable GroupMember>> changes = new HashMap<>();
    left.forEach(userId -> at(changes, userId).put(userId, null));
    changed.forEach(member -> at(changes, member.userId()).put(member.userId(), member));
    List<MemberChunk> next = new ArrayList<>(chunks);
    changes.forEach((place, inChunk) -> next.set(place, next.get(place).with(inChunk)));
    GroupView view = new GroupView(groupId, newVersion, newState, next);
    return chunksFor(view.size()) == next.size()
        ? view
        : of(groupId, newVersion, newState, view.members());
  }

  private Map<String, @Nullable GroupMember> at(
      Map<Integer, Map<String, @Nullable GroupMember>> changes, String userId) {
    return changes.computeIfAbsent(place(userId, chunks.size()), place -> new HashMap<>());
  }

  /** The group's id. */
  public GroupId groupId() {
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
  public UserId ownerUserId() {
    return new UserId(state.getOwnerUserId());
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
  public Optional<GroupMember> member(UserId userId) {
    String id = userId.value();
    return Optional.ofNullable(chunks.get(place(id, chunks.size())).find(id));
  }

  /** All members, in the same order as long as they are the same; a view, nothing is copied. */
  public List<GroupMember> members() {
    return new AbstractList<>() {
      @Override
      public GroupMember get(int index) {
        Objects.checkIndex(index, size());
        int chunk = 0;
        int rest = chunks.size();
        // The last chunk that begins at or before the index; the empty ones before it end there
        // too.
        while (rest > 1) {
          int half = rest / 2;
          if (before[chunk + half] <= index) {
            chunk += half;
            rest -= half;
          } else {
            rest = half;
          }
        }
        return chunks.get(chunk).members().get(index - before[chunk]);
      }

      @Override
      public int size() {
        return GroupView.this.size();
      }
    };
  }

  /** The members in chunks; some of these may be empty. */
  public List<MemberChunk> chunks() {
    return chunks;
  }

  /** Whether the view is of this version or a later one. */
  boolean covers(GroupVersion wanted) {
    return version.getId().equals(wanted.getId())
        && Long.compareUnsigned(version.getNumber(), wanted.getNumber()) >= 0;
  }
}
