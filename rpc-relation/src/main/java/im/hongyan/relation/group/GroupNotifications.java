package im.hongyan.relation.group;

import static im.hongyan.relation.group.GroupMessages.member;

import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.GroupCreatedTips;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupInfoSetAnnouncementTips;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.GroupRequest;
import im.hongyan.proto.sdkws.JoinGroupApplicationTips;
import im.hongyan.proto.sdkws.MemberInvitedTips;
import im.hongyan.proto.sdkws.PublicUserInfo;
import im.hongyan.relation.conversation.ConversationNotifications;
import im.hongyan.relation.user.User;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationBuilder;
import im.hongyan.wire.notification.NotificationType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The notifications of one operation on groups (notifications.md 6). Immutable; knows the users
 * that the operation names beforehand, since it works while a group is locked.
 *
 * @param people the users that are named, by id
 * @param nowMillis time of the operation
 */
record GroupNotifications(Caller operator, Map<UserId, User> people, long nowMillis) {
  /** More members are left to the clients' own syncing; it keeps a notification below its limit. */
  static final int MOST_LISTED_MEMBERS = 50;

  /** Of a list in the JSON of a notification; a group's own texts may take half of a message. */
  private static final long MOST_LISTED_BYTES = 65_536;

  private static final int MOST_REPEATED_CHARACTERS = 1_024;

  private static final int APP_ADMIN_LEVEL = 2;

  GroupNotifications {
    people = Map.copyOf(people);
  }

  /** Who made the operation. */
  UserId operatorId() {
    return new UserId(operator.userId());
  }

  /** How those enter whom the operator invites. */
  Member.Entry entryByInvitation() {
    return new Member.Entry(nowMillis, Member.BY_INVITATION, operatorId(), operatorId());
  }

  /** 1501, and 1519 where the group begins with an announcement. */
  List<Notification> created(Change change, Optional<Boolean> sendMessage) {
    String groupId = change.group().getGroupID();
    GroupMemberFullInfo by = operator(groupId, change.entered());
    List<GroupMemberFullInfo> members = infos(change.entered());
    GroupCreatedTips.Builder tips =
        GroupCreatedTips.newBuilder()
            .setGroup(change.group())
            .setOpUser(by)
            .addAllMemberList(members)
            .setOperationTime(change.group().getCreateTime())
            .setGroupMemberVersion(change.version().number())
            .setGroupMemberVersionID(change.version().id());
    members.stream().findFirst().ifPresent(tips::setGroupOwnerUser);
    List<Notification> notifications = new ArrayList<>();
    notifications.add(
        begin(NotificationType.GROUP_CREATED, sendMessage, tips.build())
            .toGroup(operator.userId(), groupId));
    if (!change.group().getNotification().isEmpty()) {
      notifications.add(announced(change, by));
    }
    return notifications;
  }

  private Notification announced(Change change, GroupMemberFullInfo by) {
    GroupInfoSetAnnouncementTips tips =
        GroupInfoSetAnnouncementTips.newBuilder()
            .setOpUser(by)
            .setGroup(change.group())
            .setGroupMemberVersion(change.version().number())
            .setGroupMemberVersionID(change.version().id())
            .build();
    NotificationBuilder notification =
        Notification.of(NotificationType.GROUP_ANNOUNCEMENT_SET, tips, nowMillis);
    User sender = people.get(operatorId());
    if (sender != null) {
      notification.sender(sender.nickname(), sender.faceUrl());
    }
    return notification.toGroup(operator.userId(), change.group().getGroupID());
  }

  /** 1509, then 1300 to each joining member. */
  List<Notification> invited(Change change, List<Member> known, Optional<Boolean> sendMessage) {
    String groupId = change.group().getGroupID();
    GroupMemberFullInfo by = operator(groupId, known);
    MemberInvitedTips tips =
        MemberInvitedTips.newBuilder()
            .setGroup(change.group())
            .setOpUser(by)
            .addAllInvitedUserList(infos(change.entered()))
            .setOperationTime(nowMillis)
            .setGroupMemberVersion(change.version().number())
            .setGroupMemberVersionID(change.version().id())
            .setInviterUser(by)
            .build();
    List<Notification> notifications = new ArrayList<>();
    notifications.add(
        begin(NotificationType.MEMBER_INVITED, sendMessage, tips)
            .toGroup(operator.userId(), groupId));
    ConversationId conversation = ConversationId.group(groupId);
    change
        .entered()
        .forEach(member -> notifications.add(conversationChanged(member.userId(), conversation)));
    return notifications;
  }

  /** 1300. */
  Notification conversationChanged(UserId userId, ConversationId conversationId) {
    return ConversationNotifications.changed(userId, conversationId, nowMillis);
  }

  NotificationBuilder begin(NotificationType type, Optional<Boolean> sendMessage, Message tips) {
    NotificationBuilder notification = Notification.of(type, tips, nowMillis);
    sendMessage.ifPresent(notification::sendMessage);
    return notification;
  }

  /** 1503 for each request to each of the receivers. */
  List<Notification> applied(
      GroupInfo group, List<JoinRequest> requests, Collection<UserId> receivers) {
    List<Notification> notifications = new ArrayList<>();
    for (JoinRequest request : requests) {
      JoinGroupApplicationTips.Builder tips =
          JoinGroupApplicationTips.newBuilder()
              .setGroup(group)
              .setReqMsg(request.message())
              .setUuid(UUID.randomUUID().toString())
              .setRequest(message(request));
      User applicant = people.get(request.userId());
      if (applicant != null) {
        tips.setApplicant(applicant.publicInfo());
      }
      for (UserId receiver : receivers) {
        notifications.add(
            Notification.of(NotificationType.JOIN_GROUP_APPLICATION, tips.build(), nowMillis)
                .toUser(operator.userId(), receiver.value()));
      }
    }
    return notifications;
  }

  private GroupRequest message(JoinRequest request) {
    GroupRequest.Builder message =
        GroupRequest.newBuilder()
            .setReqMsg(request.message())
            .setReqTime(request.timeMillis())
            .setEx(request.ex())
            .setJoinSource(request.source())
            .setInviterUserID(request.inviterUserId().value());
    User user = people.get(request.userId());
    if (user != null) {
      message.setUserInfo(brief(user));
    }
    return message.build();
  }

  /** Without a long {@code ex}, which the applicant's own profile has beside it. */
  private static PublicUserInfo brief(User user) {
    PublicUserInfo info = user.publicInfo();
    return info.getEx().length() <= MOST_REPEATED_CHARACTERS
        ? info
        : info.toBuilder().clearEx().build();
  }

  private List<GroupMemberFullInfo> infos(List<Member> members) {
    return fitting(
        members.stream()
            .limit(MOST_LISTED_MEMBERS)
            .map(each -> member(each, people.get(each.userId())))
            .toList());
  }

  /**
   * Members as they are, or of many or large ones the ids alone, so that all fit into a message.
   */
  static List<GroupMemberFullInfo> fitting(List<GroupMemberFullInfo> members) {
    boolean fits =
        members.size() <= MOST_LISTED_MEMBERS
            && members.stream().mapToLong(each -> Notification.content(each).size()).sum()
                <= MOST_LISTED_BYTES;
    return fits
        ? members
        : members.stream()
            .map(each ->
                GroupMemberFullInfo.newBuilder()
                    .setGroupID(each.getGroupID())
                    .setUserID(each.getUserID())
                    .build())
            .toList();
  }

  /** Who did it: an administrator, a member, or somebody else, in this order. */
  GroupMemberFullInfo operator(String groupId, List<Member> members) {
    UserId id = operatorId();
    Optional<Member> self = members.stream().filter(m -> m.userId().equals(id)).findFirst();
    if (self.isPresent() && !operator.appAdmin()) {
      return member(self.get(), people.get(id));
    }
    GroupMemberFullInfo.Builder by =
        GroupMemberFullInfo.newBuilder().setGroupID(groupId).setUserID(id.value());
    User user = people.get(id);
    if (user != null) {
      by.setNickname(user.nickname()).setFaceURL(user.faceUrl());
    }
    if (operator.appAdmin()) {
      by.setRoleLevel(GroupRole.ADMIN.level()).setAppMangerLevel(APP_ADMIN_LEVEL);
    } else {
      by.setOperatorUserID(id.value());
    }
    return by.build();
  }
}
