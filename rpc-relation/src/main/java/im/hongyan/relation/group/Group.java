package im.hongyan.relation.group;

import im.hongyan.wire.group.GroupStatus;

/**
 * A group as stored.
 *
 * @param status one of the constants
 * @param ownerUserId empty once a dismissal has removed the members
 */
public record Group(
    String groupId,
    Texts texts,
    Rules rules,
    int status,
    String ownerUserId,
    String creatorUserId,
    long createTimeMillis,
    int memberCount) {
  /**
   * What the group shows of itself.
   *
   * @param announcementTimeMillis when the announcement was last changed, as the changer says
   */
  public record Texts(
      String name,
      String announcement,
      String introduction,
      String faceUrl,
      String ex,
      long announcementTimeMillis,
      String announcementUserId) {}

  /** How one gets in, and what clients are to allow. */
  public record Rules(int type, int needVerification, int lookMemberInfo, int applyMemberFriend) {
    /** Everyone needs approval except those whom owner, admins or app admins invite. */
    public static final int ALWAYS_VERIFY = 1;
  }

  /** Whether it is dismissed. */
  public boolean dismissed() {
    return status == GroupStatus.DISMISSED;
  }

  /** With other members. */
  public Group withMemberCount(int count) {
    return new Group(
        groupId, texts, rules, status, ownerUserId, creatorUserId, createTimeMillis, count);
  }
}
