package im.hongyan.wire.message;

/** What is in the list of mentioned users of a message. */
public final class AtUsers {
  /** Everyone in the group. */
  public static final String ALL = "AtAllTag";

  private AtUsers() {}
}
