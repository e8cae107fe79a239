package im.hongyan.relation.group;

import im.hongyan.proto.groups.GroupState;
import im.hongyan.proto.groups.MemberState;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.relation.user.User;
import org.jspecify.annotations.Nullable;

/** Members, users and copies of groups as protobuf messages (rest-group.md 4). Stateless. */
final class GroupMessages {
  private GroupMessages() {}

  /** A member; name and picture are the user's own where the group has none. */
  static GroupMemberFullInfo member(Member member, @Nullable User user) {
    String nickname = member.profile().nickname();
    String faceUrl = member.profile().faceUrl();
    if (user != null) {
      nickname = nickname.isEmpty() ? user.nickname() : nickname;
      faceUrl = faceUrl.isEmpty() ? user.faceUrl() : faceUrl;
    }
    return GroupMemberFullInfo.newBuilder()
        .setGroupID(member.groupId().value())
        .setUserID(member.userId().value())
        .setRoleLevel(member.role().level())
        .setJoinTime(member.entry().timeMillis())
        .setNickname(nickname)
        .setFaceURL(faceUrl)
        .setJoinSource(member.entry().source())
        .setOperatorUserID(member.entry().operatorUserId().value())
        .setEx(member.profile().ex())
        .setMuteEndTime(member.muteEndMillis())
        .setInviterUserID(member.entry().inviterUserId().value())
        .build();
  }

  static GroupState state(GroupInfo group) {
    return GroupState.newBuilder()
        .setStatus(group.getStatus())
        .setGroupType(group.getGroupType())
        .setOwnerUserId(group.getOwnerUserID())
        .setMemberCount(group.getMemberCount())
        .build();
  }

  static MemberState state(Member member) {
    return MemberState.newBuilder()
        .setUserId(member.userId().value())
        .setRoleLevel(member.role().level())
        .setMuteEndMillis(member.muteEndMillis())
        .setJoinVersion(member.joinVersion())
        .build();
  }
}
