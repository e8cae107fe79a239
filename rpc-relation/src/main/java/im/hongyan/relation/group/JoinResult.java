package im.hongyan.relation.group;

/** The result of an attempt to change a group's members. */
public enum JoinResult {
  DONE,
  NO_GROUP,
  DISMISSED,
  FULL
}
