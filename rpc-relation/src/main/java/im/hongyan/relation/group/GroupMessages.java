package im.hongyan.relation.group;

import im.hongyan.proto.groups.GroupState;
import im.hongyan.proto.groups.MemberState;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.PublicUserInfo;
import im.hongyan.relation.user.User;
import org.jspecify.annotations.Nullable;

/** Groups and members as protobuf messages (rest-group.md 4). Stateless. */
final class GroupMessages {
  private GroupMessages() {}

  static GroupInfo info(Group group) {
    return GroupInfo.newBuilder()
        .setGroupID(group.groupId())
        .setGroupName(group.texts().name())
        .setNotification(group.texts().announcement())
        .setIntroduction(group.texts().introduction())
        .setFaceURL(group.texts().faceUrl())
        .setOwnerUserID(group.ownerUserId())
        .setCreateTime(group.createTimeMillis())
        .setMemberCount(group.memberCount())
        .setEx(group.texts().ex())
        .setStatus(group.status())
        .setCreatorUserID(group.creatorUserId())
        .setGroupType(group.rules().type())
        .setNeedVerification(group.rules().needVerification())
        .setLookMemberInfo(group.rules().lookMemberInfo())
        .setApplyMemberFriend(group.rules().applyMemberFriend())
        .setNotificationUpdateTime(group.texts().announcementTimeMillis())
        .setNotificationUserID(group.texts().announcementUserId())
        .build();
  }

  /** A member; name and face are the user's own where the group has none. */
  static GroupMemberFullInfo member(Member member, @Nullable User user) {
    String nickname = member.profile().nickname();
    String faceUrl = member.profile().faceUrl();
    if (user != null) {
      nickname = nickname.isEmpty() ? user.nickname() : nickname;
      faceUrl = faceUrl.isEmpty() ? user.faceUrl() : faceUrl;
    }
    return GroupMemberFullInfo.newBuilder()
        .setGroupID(member.groupId())
        .setUserID(member.userId())
        .setRoleLevel(member.role().level())
        .setJoinTime(member.entry().timeMillis())
        .setNickname(nickname)
        .setFaceURL(faceUrl)
        .setJoinSource(member.entry().source())
        .setOperatorUserID(member.entry().operatorUserId())
        .setEx(member.profile().ex())
        .setMuteEndTime(member.muteEndMillis())
        .setInviterUserID(member.entry().inviterUserId())
        .build();
  }

  static PublicUserInfo user(User user) {
    return PublicUserInfo.newBuilder()
        .setUserID(user.userId())
        .setNickname(user.nickname())
        .setFaceURL(user.faceUrl())
        .setEx(user.ex())
        .build();
  }

  static GroupState state(Group group) {
    return GroupState.newBuilder()
        .setStatus(group.status())
        .setGroupType(group.rules().type())
        .setOwnerUserId(group.ownerUserId())
        .setMemberCount(group.memberCount())
        .build();
  }

  static MemberState state(Member member) {
    return MemberState.newBuilder()
        .setUserId(member.userId())
        .setRoleLevel(member.role().level())
        .setMuteEndMillis(member.muteEndMillis())
        .setJoinVersion(member.joinVersion())
        .build();
  }
}
