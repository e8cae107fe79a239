package im.hongyan.wire.group;

/**
 * Roles in a group, the strongest first, with their levels, {@code roleLevel} on the wire
 * (protobuf/common.md).
 */
public enum GroupRole {
  OWNER(100),
  ADMIN(60),
  ORDINARY(20);

  /** Level of somebody who is not in the group. */
  public static final int NO_MEMBER = 0;

  private final int level;

  GroupRole(int level) {
    this.level = level;
  }

  /** The number on the wire. */
  public int level() {
    return level;
  }

  /**
   * The role with this level.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static GroupRole of(int level) {
    return switch (level) {
      case 20 -> ORDINARY;
      case 60 -> ADMIN;
      case 100 -> OWNER;
      default -> throw new IllegalArgumentException("no role has level " + level);
    };
  }
}
