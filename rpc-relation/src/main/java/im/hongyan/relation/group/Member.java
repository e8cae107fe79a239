package im.hongyan.relation.group;

import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;

/**
 * A member as stored.
 *
 * @param muteEndMillis until when it is muted; 0 or past for not at all
 * @param joinVersion version of the group's members with which it joined (docs/sequencing.md,
 *     "Membership windows"); 0 before it is stored
 */
public record Member(
    GroupId groupId,
    UserId userId,
    GroupRole role,
    Profile profile,
    Entry entry,
    long muteEndMillis,
    long joinVersion) {
  /** Way in by invitation. */
  public static final int BY_INVITATION = 2;

  /** What a member shows of itself in this group; where a part is empty the user's own counts. */
  public record Profile(String nickname, String faceUrl, String ex) {
    /** Nothing of its own. */
    public static final Profile NONE = new Profile("", "", "");
  }

  /** How it joined. */
  public record Entry(long timeMillis, int source, UserId inviterUserId, UserId operatorUserId) {}

  /** A new member. */
  public static Member fresh(GroupId groupId, UserId userId, GroupRole role, Entry entry) {
    return new Member(groupId, userId, role, Profile.NONE, entry, 0, 0);
  }

  /** With the version with which it joined. */
  public Member joinedAt(long version) {
    return new Member(groupId, userId, role, profile, entry, muteEndMillis, version);
  }

  /** With another role. */
  Member withRole(GroupRole other) {
    return new Member(groupId, userId, other, profile, entry, muteEndMillis, joinVersion);
  }

  /** With another picture of itself. */
  Member withProfile(Profile other) {
    return new Member(groupId, userId, role, other, entry, muteEndMillis, joinVersion);
  }

  /** Muted until a time; 0 for not at all. */
  Member mutedUntil(long endMillis) {
    return new Member(groupId, userId, role, profile, entry, endMillis, joinVersion);
  }
}
