package im.hongyan.wire.group;

/** Kinds of groups (protobuf/common.md); working groups are the only ones that are made. */
public final class GroupType {
  public static final int NORMAL = 0;
  public static final int SUPER = 1;
  public static final int WORKING = 2;

  private GroupType() {}
}
