package im.hongyan.relation.group;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import java.util.List;
import java.util.Optional;

/**
 * Pages of members by number. The first members are counted off in the index. Pages further back
 * begin at a mark: how many members each segment of the order holds is read once for each version
 * of a group, in one scan of its index, and kept. So paging costs one such scan after a change, and
 * a page itself the same however deep it is. Safe for use by several threads; blocks.
 */
final class MemberPages {
  /** Members that are counted off faster than marks are found. */
  private static final int NEAR = 2_000;

  private static final int MOST_GROUPS = 1_000;

  private final GroupMemberStore store;
  private final Cache<Key, List<Segment>> segments =
      Caffeine.newBuilder().maximumSize(MOST_GROUPS).executor(Runnable::run).build();

  /** What the segments are of; with another version they are read again. */
  private record Key(GroupId groupId, LogVersion version) {}

  /**
   * Some members of one role that follow each other.
   *
   * @param firstOrder the least place that they may have
   */
  record Segment(GroupRole role, long firstOrder, int members) {}

  /**
   * Where a page begins.
   *
   * @param skip members behind the place that come before the page
   */
  record Start(GroupRole role, long joinOrder, long skip) {}

  MemberPages(GroupMemberStore store) {
    this.store = store;
  }

  /** Only the end of the list makes a page shorter than asked. */
  List<Member> page(GroupId groupId, RoleRange range, Page page) {
    if (page.isEmpty()) {
      return List.of();
    }
    Optional<Start> start =
        page.offset() < NEAR
            ? Optional.of(new Start(range.highest(), 0, page.offset()))
            : start(segments(groupId), range, page.offset());
    return start.map(from -> store.page(groupId, range, from, page.limit())).orElse(List.of());
  }

  /** The version is read first: while it stays, no change can have made the counts wrong. */
  private List<Segment> segments(GroupId groupId) {
    return segments.get(
        new Key(groupId, store.version(groupId)), key -> List.copyOf(store.segments(groupId)));
  }

  private static Optional<Start> start(List<Segment> segments, RoleRange range, long offset) {
    long before = 0;
    for (Segment segment : segments) {
      if (!range.contains(segment.role())) {
        continue;
      }
      if (before + segment.members() > offset) {
        return Optional.of(new Start(segment.role(), segment.firstOrder(), offset - before));
      }
      before += segment.members();
    }
    return Optional.empty();
  }
}
