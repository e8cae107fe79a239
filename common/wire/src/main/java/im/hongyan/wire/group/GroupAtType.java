package im.hongyan.wire.group;

/** Why a group's conversation is marked in a user's list (rest-group.md 4). */
public final class GroupAtType {
  public static final int NONE = 0;
  public static final int ME = 1;
  public static final int ALL = 2;
  public static final int ALL_AND_ME = 3;
  public static final int ANNOUNCEMENT = 4;

  private GroupAtType() {}
}
