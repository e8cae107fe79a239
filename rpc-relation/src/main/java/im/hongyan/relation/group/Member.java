package im.hongyan.relation.group;

import im.hongyan.wire.group.GroupRole;

/**
 * A member as stored.
 *
 * @param muteEndMillis until when it is muted; 0 or past for not at all
 * @param joinVersion version of the group's members with which it came in (docs/sequencing.md,
 *     "Membership windows"); 0 before it is stored
 */
public record Member(
    String groupId,
    String userId,
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

  /** How it came in. */
  public record Entry(long timeMillis, int source, String inviterUserId, String operatorUserId) {}

  /** A new member. */
  public static Member fresh(String groupId, String userId, GroupRole role, Entry entry) {
    return new Member(groupId, userId, role, Profile.NONE, entry, 0, 0);
  }

  /** With the version with which it came in. */
  public Member joinedAt(long version) {
    return new Member(groupId, userId, role, profile, entry, muteEndMillis, version);
  }
}
