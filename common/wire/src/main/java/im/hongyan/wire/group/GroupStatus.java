package im.hongyan.wire.group;

/** Status of a group (protobuf/common.md). */
public final class GroupStatus {
  public static final int OK = 0;
  public static final int BANNED = 1;
  public static final int DISMISSED = 2;

  /** Only the owner and administrators may write. */
  public static final int MUTED = 3;

  private GroupStatus() {}
}
