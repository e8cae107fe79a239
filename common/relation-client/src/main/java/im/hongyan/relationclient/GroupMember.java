package im.hongyan.relationclient;

import im.hongyan.proto.groups.MemberState;

/**
 * A member of a group as it was at a version.
 *
 * @param role 100 owner, 60 admin, 20 ordinary
 * @param muteEndMillis until when the member must not write, milliseconds since 1970; 0 for never
 * @param joinVersion the group's version with which the user joined last, unsigned
 */
public record GroupMember(String userId, int role, long muteEndMillis, long joinVersion) {
  static GroupMember of(MemberState state) {
    return new GroupMember(
        state.getUserId(), state.getRoleLevel(), state.getMuteEndMillis(), state.getJoinVersion());
  }
}
