package im.hongyan.relation.friend;

import im.hongyan.wire.id.UserId;

/**
 * A user in an owner's friend list, as stored.
 *
 * @param addSource one of {@link #IMPORTED} and {@link #BY_APPLICATION}
 * @param operatorUserId who applied or imported
 */
public record Friend(
    UserId ownerUserId,
    UserId friendUserId,
    String remark,
    long createTimeMillis,
    int addSource,
    UserId operatorUserId,
    String ex,
    boolean pinned) {
  /** Made by an administrator. */
  public static final int IMPORTED = 1;

  /** Agreed to by the other. */
  public static final int BY_APPLICATION = 2;

  /** A friend as added now. */
  public static Friend added(
      UserId owner, UserId friend, int source, UserId operator, long nowMillis) {
    return new Friend(owner, friend, "", nowMillis, source, operator, "", false);
  }
}
