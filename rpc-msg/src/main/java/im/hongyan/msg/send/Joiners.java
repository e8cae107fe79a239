package im.hongyan.msg.send;

import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.MemberEnterTips;
import im.hongyan.proto.sdkws.MemberInvitedTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.message.ContentType;
import java.util.List;

/**
 * The members that join a group by a notification 1509 or 1510. Where its history is not for new
 * members, what they may read begins with that notification (messaging.md 7.4, docs/sequencing.md,
 * Membership windows). Stateless.
 */
final class Joiners {
  private Joiners() {}

  /**
   * The record of a message, with the bound of the members that join by it.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the content is no such notification
   */
  static InboundRecord bounded(InboundRecord record, MsgData message) {
    List<String> joiners = of(message);
    if (joiners.isEmpty()) {
      return record;
    }
    return record.toBuilder()
        .setMutation(
            Mutation.newBuilder()
                .setConversationId(ConversationId.group(message.getGroupID()).value())
                .setJoining(Joining.newBuilder().addAllUserIds(joiners)))
        .build();
  }

  private static List<String> of(MsgData message) {
    return switch (message.getContentType()) {
      case ContentType.MEMBER_INVITED ->
          NotificationTips.of(message, MemberInvitedTips.getDefaultInstance())
              .getInvitedUserListList()
              .stream()
              .map(GroupMemberFullInfo::getUserID)
              .toList();
      case ContentType.MEMBER_ENTERED ->
          List.of(
              NotificationTips.of(message, MemberEnterTips.getDefaultInstance())
                  .getEntrantUser()
                  .getUserID());
      default -> List.of();
    };
  }
}
