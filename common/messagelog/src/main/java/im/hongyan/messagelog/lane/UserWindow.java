package im.hongyan.messagelog.lane;

/**
 * What bounds a user's reading of a conversation, as one store knows it (messaging.md 10.2, 13).
 *
 * @param conversationMin first readable seq for everybody, 0 for none
 * @param userMin first readable seq for the user, 0 for none
 * @param leftAt last readable seq of a user who left the group, 0 for none
 * @param leftVersion the group's version of that leave; one who joined with a later one reads on
 * @param read how far the user has read
 */
public record UserWindow(
    long conversationMin, long userMin, long leftAt, long leftVersion, long read) {
  /** No bounds, nothing read. */
  public static final UserWindow OPEN = new UserWindow(0, 0, 0, 0, 0);

  /** Both together: bounds and read positions only rise, and of two leaves the later one counts. */
  public UserWindow with(UserWindow other) {
    boolean otherLeave = other.leftVersion > leftVersion;
    return new UserWindow(
        Math.max(conversationMin, other.conversationMin),
        Math.max(userMin, other.userMin),
        otherLeave ? other.leftAt : leftAt,
        Math.max(leftVersion, other.leftVersion),
        Math.max(read, other.read));
  }

  /** First readable seq, 0 for no bound. */
  public long lower() {
    return Math.max(conversationMin, userMin);
  }

  /**
   * Last readable seq, 0 for no bound.
   *
   * @param membershipVersion with which the user's row says that the user joined last
   */
  public long upper(long membershipVersion) {
    return membershipVersion < leftVersion ? leftAt : 0;
  }
}
