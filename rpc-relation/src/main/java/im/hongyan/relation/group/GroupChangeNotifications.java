package im.hongyan.relation.group;

import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.GroupApplicationAcceptedTips;
import im.hongyan.proto.sdkws.GroupApplicationRejectedTips;
import im.hongyan.proto.sdkws.GroupCancelMutedTips;
import im.hongyan.proto.sdkws.GroupDismissedTips;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupInfoSetAnnouncementTips;
import im.hongyan.proto.sdkws.GroupInfoSetNameTips;
import im.hongyan.proto.sdkws.GroupInfoSetTips;
import im.hongyan.proto.sdkws.GroupMemberCancelMutedTips;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.GroupMemberInfoSetTips;
import im.hongyan.proto.sdkws.GroupMemberMutedTips;
import im.hongyan.proto.sdkws.GroupMutedTips;
import im.hongyan.proto.sdkws.GroupOwnerTransferredTips;
import im.hongyan.proto.sdkws.GroupRequest;
import im.hongyan.proto.sdkws.MemberEnterTips;
import im.hongyan.proto.sdkws.MemberInvitedTips;
import im.hongyan.proto.sdkws.MemberKickedTips;
import im.hongyan.proto.sdkws.MemberQuitTips;
import im.hongyan.relation.user.User;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationBuilder;
import im.hongyan.wire.notification.NotificationType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The notifications of changed groups (notifications.md 6). Immutable; made under the group's lock.
 *
 * @param base operator, users and time
 * @param by the operator as a member, where it is one
 */
record GroupChangeNotifications(GroupNotifications base, Optional<Member> by) {
  private static final int TO_APPLICANT = 0;
  private static final int TO_HANDLERS = 1;

  private GroupMemberFullInfo operator(GroupInfo group) {
    return base.operator(group.getGroupID(), by.stream().toList());
  }

  private GroupMemberFullInfo info(Member member) {
    return GroupMessages.member(member, base.people().get(member.userId()));
  }

  private String operatorId() {
    return base.operatorId().value();
  }

  private Notification toGroup(NotificationBuilder notification, GroupInfo group) {
    return notification.toGroup(operatorId(), group.getGroupID());
  }

  private NotificationBuilder begin(NotificationType type, Message tips) {
    return base.begin(type, Optional.empty(), tips);
  }

  private NotificationBuilder withSender(NotificationBuilder notification) {
    User sender = base.people().get(base.operatorId());
    return sender == null ? notification : notification.sender(sender.nickname(), sender.faceUrl());
  }

  /** 1504 to the group and 1300 to who has left. */
  List<Notification> quit(GroupInfo group, Member left, LogVersion version) {
    MemberQuitTips tips =
        MemberQuitTips.newBuilder()
            .setGroup(group)
            .setQuitUser(info(left))
            .setOperationTime(base.nowMillis())
            .setGroupMemberVersion(version.number())
            .setGroupMemberVersionID(version.id())
            .build();
    return with(toGroup(begin(NotificationType.MEMBER_QUIT, tips), group), group, List.of(left));
  }

  /** 1508 to the group and 1300 to each who was removed. */
  List<Notification> kicked(
      GroupInfo group, List<Member> left, LogVersion version, Optional<Boolean> sendMessage) {
    MemberKickedTips tips =
        MemberKickedTips.newBuilder()
            .setGroup(group)
            .setOpUser(operator(group))
            .addAllKickedUserList(
                GroupNotifications.fitting(left.stream().map(this::info).toList()))
            .setOperationTime(base.nowMillis())
            .setGroupMemberVersion(version.number())
            .setGroupMemberVersionID(version.id())
            .build();
    NotificationBuilder notification =
        base.begin(NotificationType.MEMBER_KICKED, sendMessage, tips);
    return with(toGroup(notification, group), group, left);
  }

  private List<Notification> with(Notification first, GroupInfo group, List<Member> members) {
    List<Notification> notifications = new ArrayList<>();
    notifications.add(first);
    ConversationId conversation = ConversationId.group(group.getGroupID());
    members.forEach(
        member -> notifications.add(base.conversationChanged(member.userId(), conversation)));
    return notifications;
  }

  /** 1510 to the group and 1300 to who has joined. */
  List<Notification> entered(Change change) {
    Member member = change.entered().getFirst();
    MemberEnterTips tips =
        MemberEnterTips.newBuilder()
            .setGroup(change.group())
            .setEntrantUser(info(member))
            .setOperationTime(base.nowMillis())
            .setGroupMemberVersion(change.version().number())
            .setGroupMemberVersionID(change.version().id())
            .build();
    return with(
        toGroup(begin(NotificationType.MEMBER_ENTERED, tips), change.group()),
        change.group(),
        change.entered());
  }

  /** 1509 for an invitation that was approved, and 1300 to who has joined. */
  List<Notification> invitedBy(Change change, GroupMemberFullInfo inviter) {
    MemberInvitedTips tips =
        MemberInvitedTips.newBuilder()
            .setGroup(change.group())
            .setOpUser(operator(change.group()))
            .addAllInvitedUserList(change.entered().stream().map(this::info).toList())
            .setOperationTime(base.nowMillis())
            .setGroupMemberVersion(change.version().number())
            .setGroupMemberVersionID(change.version().id())
            .setInviterUser(inviter)
            .build();
    return with(
        toGroup(begin(NotificationType.MEMBER_INVITED, tips), change.group()),
        change.group(),
        change.entered());
  }

  /** 1505 or 1506 to owner and admins and to the applicant, each a copy of its own. */
  List<Notification> answered(
      GroupInfo group,
      GroupRequest request,
      boolean agreed,
      UserId applicant,
      Collection<UserId> handlers) {
    String uuid = UUID.randomUUID().toString();
    List<Notification> notifications = new ArrayList<>();
    for (UserId handler : handlers) {
      notifications.add(answer(group, request, agreed, uuid, TO_HANDLERS, handler));
    }
    notifications.add(answer(group, request, agreed, uuid, TO_APPLICANT, applicant));
    return notifications;
  }

  private Notification answer(
      GroupInfo group,
      GroupRequest request,
      boolean agreed,
      String uuid,
      int receiverAs,
      UserId receiver) {
    NotificationBuilder notification =
        agreed
            ? begin(
                NotificationType.GROUP_APPLICATION_ACCEPTED,
                GroupApplicationAcceptedTips.newBuilder()
                    .setGroup(group)
                    .setOpUser(operator(group))
                    .setHandleMsg(request.getHandleMsg())
                    .setReceiverAs(receiverAs)
                    .setUuid(uuid)
                    .setRequest(request)
                    .build())
            : begin(
                NotificationType.GROUP_APPLICATION_REJECTED,
                GroupApplicationRejectedTips.newBuilder()
                    .setGroup(group)
                    .setOpUser(operator(group))
                    .setHandleMsg(request.getHandleMsg())
                    .setReceiverAs(receiverAs)
                    .setUuid(uuid)
                    .setRequest(request)
                    .build());
    return notification.toUser(operatorId(), receiver.value());
  }

  /** 1507. */
  Notification transferred(GroupInfo group, Member old, Member now, LogVersion version) {
    GroupOwnerTransferredTips tips =
        GroupOwnerTransferredTips.newBuilder()
            .setGroup(group)
            .setOpUser(operator(group))
            .setNewGroupOwner(info(now))
            .setOldGroupOwner(old.userId().value())
            .setOperationTime(base.nowMillis())
            .setOldGroupOwnerInfo(info(old))
            .setGroupMemberVersion(version.number())
            .setGroupMemberVersionID(version.id())
            .build();
    return toGroup(begin(NotificationType.GROUP_OWNER_TRANSFERRED, tips), group);
  }

  /** 1512 for seconds, 1513 for none. */
  Notification muted(GroupInfo group, Member member, int seconds, LogVersion version) {
    NotificationBuilder notification =
        seconds != 0
            ? begin(
                NotificationType.GROUP_MEMBER_MUTED,
                GroupMemberMutedTips.newBuilder()
                    .setGroup(group)
                    .setOpUser(operator(group))
                    .setOperationTime(base.nowMillis())
                    .setMutedUser(info(member))
                    .setMutedSeconds(seconds)
                    .setGroupMemberVersion(version.number())
                    .setGroupMemberVersionID(version.id())
                    .build())
            : begin(
                NotificationType.GROUP_MEMBER_UNMUTED,
                GroupMemberCancelMutedTips.newBuilder()
                    .setGroup(group)
                    .setOpUser(operator(group))
                    .setOperationTime(base.nowMillis())
                    .setMutedUser(info(member))
                    .setGroupMemberVersion(version.number())
                    .setGroupMemberVersionID(version.id())
                    .build());
    return toGroup(notification, group);
  }

  /** 1514 or 1515. */
  Notification groupMuted(GroupInfo group, boolean muted, LogVersion version) {
    NotificationBuilder notification =
        muted
            ? begin(
                NotificationType.GROUP_MUTED,
                GroupMutedTips.newBuilder()
                    .setGroup(group)
                    .setOpUser(operator(group))
                    .setOperationTime(base.nowMillis())
                    .setGroupMemberVersion(version.number())
                    .setGroupMemberVersionID(version.id())
                    .build())
            : begin(
                NotificationType.GROUP_UNMUTED,
                GroupCancelMutedTips.newBuilder()
                    .setGroup(group)
                    .setOpUser(operator(group))
                    .setOperationTime(base.nowMillis())
                    .setGroupMemberVersion(version.number())
                    .setGroupMemberVersionID(version.id())
                    .build());
    return toGroup(notification, group);
  }

  /** 1516, 1517 or 1518, as the type says. */
  Notification memberSet(
      NotificationType type, GroupInfo group, Member member, LogVersion version) {
    boolean reordered = type != NotificationType.GROUP_MEMBER_INFO_SET;
    GroupMemberInfoSetTips tips =
        GroupMemberInfoSetTips.newBuilder()
            .setGroup(group)
            .setOpUser(operator(group))
            .setOperationTime(base.nowMillis())
            .setChangedUser(info(member))
            .setGroupMemberVersion(version.number())
            .setGroupMemberVersionID(version.id())
            .setGroupSortVersion(reordered ? version.number() : 0)
            .build();
    return toGroup(begin(type, tips), group);
  }

  /** 1520. */
  Notification named(GroupInfo group, LogVersion version) {
    GroupInfoSetNameTips tips =
        GroupInfoSetNameTips.newBuilder()
            .setOpUser(operator(group))
            .setGroup(group)
            .setGroupMemberVersion(version.number())
            .setGroupMemberVersionID(version.id())
            .build();
    return toGroup(begin(NotificationType.GROUP_NAME_SET, tips), group);
  }

  /** 1519; a message of the chat unless the announcement is gone. */
  Notification announced(GroupInfo group, LogVersion version) {
    GroupInfoSetAnnouncementTips tips =
        GroupInfoSetAnnouncementTips.newBuilder()
            .setOpUser(operator(group))
            .setGroup(group)
            .setGroupMemberVersion(version.number())
            .setGroupMemberVersionID(version.id())
            .build();
    NotificationBuilder notification =
        base.begin(
            NotificationType.GROUP_ANNOUNCEMENT_SET,
            Optional.of(!group.getNotification().isEmpty()),
            tips);
    return toGroup(withSender(notification), group);
  }

  /** 1502, for what else has changed. */
  Notification infoSet(GroupInfo group, LogVersion version) {
    GroupInfoSetTips tips =
        GroupInfoSetTips.newBuilder()
            .setOpUser(operator(group))
            .setGroup(group)
            .setGroupMemberVersion(version.number())
            .setGroupMemberVersionID(version.id())
            .build();
    return toGroup(withSender(begin(NotificationType.GROUP_INFO_SET, tips)), group);
  }

  /** 1511. */
  Notification dismissed(GroupInfo group, Optional<Boolean> sendMessage) {
    GroupDismissedTips tips =
        GroupDismissedTips.newBuilder()
            .setGroup(group)
            .setOpUser(operator(group))
            .setOperationTime(base.nowMillis())
            .build();
    return toGroup(base.begin(NotificationType.GROUP_DISMISSED, sendMessage, tips), group);
  }
}
