package im.hongyan.relation.group;

import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Members as clients get them, with the user's name and picture where they have none of their own
 * (rest-group.md 4). Safe for use by several threads.
 */
final class MemberInfos {
  private final UserDirectory users;

  MemberInfos(UserDirectory users) {
    this.users = users;
  }

  /** In the order given. */
  List<GroupMemberFullInfo> of(Collection<Member> members) {
    List<UserId> nameless =
        members.stream().filter(MemberInfos::inherits).map(Member::userId).toList();
    Map<UserId, User> people = nameless.isEmpty() ? Map.of() : users.byId(nameless);
    return members.stream()
        .map(member -> GroupMessages.member(member, people.get(member.userId())))
        .toList();
  }

  private static boolean inherits(Member member) {
    return member.profile().nickname().isEmpty() || member.profile().faceUrl().isEmpty();
  }
}
