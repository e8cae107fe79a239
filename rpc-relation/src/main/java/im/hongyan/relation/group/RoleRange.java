package im.hongyan.relation.group;

import im.hongyan.wire.group.GroupRole;
import java.util.List;
import java.util.stream.Stream;

/** Neighbouring roles, both ends included. */
record RoleRange(GroupRole lowest, GroupRole highest) {
  static final RoleRange ALL = new RoleRange(GroupRole.ORDINARY, GroupRole.OWNER);

  /** What a list's {@code filter} asks for (rest-group.md 8.15). */
  static RoleRange of(int filter) {
    return switch (filter) {
      case 0 -> ALL;
      case 1 -> new RoleRange(GroupRole.OWNER, GroupRole.OWNER);
      case 2 -> new RoleRange(GroupRole.ADMIN, GroupRole.ADMIN);
      case 3 -> new RoleRange(GroupRole.ORDINARY, GroupRole.ORDINARY);
      case 4 -> new RoleRange(GroupRole.ORDINARY, GroupRole.ADMIN);
      case 5 -> new RoleRange(GroupRole.ADMIN, GroupRole.OWNER);
      default -> throw new IllegalArgumentException("no filter " + filter);
    };
  }

  /** The roles, the highest first. */
  List<GroupRole> roles() {
    return Stream.of(GroupRole.values()).filter(this::contains).toList();
  }

  boolean contains(GroupRole role) {
    return role.level() >= lowest.level() && role.level() <= highest.level();
  }
}
