package im.hongyan.relation.group;

import im.hongyan.relation.group.GroupMemberStore.Named;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Looks for members by a part of the nickname that the group sees, without case (rest-group.md
 * 8.15). It reads all members, by key, some at a time. Safe for use by several threads; blocks.
 */
final class MemberSearch {
  private static final int READ_AT_ONCE = 1_000;

  private final GroupMemberStore store;
  private final UserDirectory users;

  /**
   * The members that were found.
   *
   * @param total how many there are
   * @param page those of the page, in member order
   */
  record Found(int total, List<UserId> page) {}

  /**
   * Creates a search.
   *
   * @param users asked for all members without a nickname of their own; better not a cache
   */
  MemberSearch(GroupMemberStore store, UserDirectory users) {
    this.store = store;
    this.users = users;
  }

  Found search(GroupId groupId, RoleRange range, String keyword, Page page) {
    String wanted = keyword.toLowerCase(Locale.ROOT);
    List<UserId> rows = new ArrayList<>();
    int total = 0;
    for (GroupRole role : range.roles()) {
      long after = -1;
      List<Named> read;
      do {
        read = store.after(groupId, role, after, READ_AT_ONCE);
        for (UserId match : matches(read, wanted)) {
          if (total >= page.offset() && rows.size() < page.limit()) {
            rows.add(match);
          }
          total++;
        }
        after = read.isEmpty() ? after : read.getLast().joinOrder();
      } while (read.size() == READ_AT_ONCE);
    }
    return new Found(total, rows);
  }

  private List<UserId> matches(List<Named> members, String wanted) {
    List<UserId> nameless =
        members.stream().filter(member -> member.nickname().isEmpty()).map(Named::userId).toList();
    Map<UserId, String> inherited =
        nameless.isEmpty()
            ? Map.of()
            : users.find(nameless).stream().collect(Collectors.toMap(User::userId, User::nickname));
    return members.stream()
        .filter(member -> nickname(member, inherited).toLowerCase(Locale.ROOT).contains(wanted))
        .map(Named::userId)
        .toList();
  }

  private static String nickname(Named member, Map<UserId, String> inherited) {
    return member.nickname().isEmpty()
        ? inherited.getOrDefault(member.userId(), "")
        : member.nickname();
  }
}
