package im.hongyan.relation.group;

import java.util.Arrays;

/** What a member may do in a group (rest-group.md 3). */
public enum Role {
  OWNER(100),
  ADMIN(60),
  ORDINARY(20);

  private final int level;

  Role(int level) {
    this.level = level;
  }

  /** The number on the wire and in the store. */
  public int level() {
    return level;
  }

  /** The role with this number. */
  public static Role of(int level) {
    return Arrays.stream(values())
        .filter(role -> role.level == level)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no role has level " + level));
  }
}
