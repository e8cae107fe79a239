package im.hongyan.msg.send;

import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.MemberKickedTips;
import im.hongyan.proto.sdkws.MemberQuitTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.message.ContentType;
import java.util.List;

/**
 * Who left a group by a notification 1504 or 1508: they get its push beside the members, and it
 * ends what they may read (messaging.md 7.4, docs/sequencing.md, Membership windows).
 *
 * @param membershipVersion the group's version of the leave
 */
record Leavers(List<String> userIds, long membershipVersion) {
  private static final Leavers NOBODY = new Leavers(List.of(), 0);

  Leavers {
    userIds = List.copyOf(userIds);
  }

  boolean isEmpty() {
    return userIds.isEmpty();
  }

  /**
   * Reads them from the tips.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the content is no such notification
   */
  static Leavers of(MsgData message) {
    return switch (message.getContentType()) {
      case ContentType.MEMBER_QUIT -> {
        MemberQuitTips tips = NotificationTips.of(message, MemberQuitTips.getDefaultInstance());
        yield new Leavers(List.of(tips.getQuitUser().getUserID()), tips.getGroupMemberVersion());
      }
      case ContentType.MEMBER_KICKED -> {
        MemberKickedTips tips = NotificationTips.of(message, MemberKickedTips.getDefaultInstance());
        yield new Leavers(
            tips.getKickedUserListList().stream().map(GroupMemberFullInfo::getUserID).toList(),
            tips.getGroupMemberVersion());
      }
      default -> NOBODY;
    };
  }
}
