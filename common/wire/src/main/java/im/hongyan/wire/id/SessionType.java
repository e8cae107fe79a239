package im.hongyan.wire.id;

import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;

/**
 * Kind of a conversation as messages carry it in {@code sessionType} (messaging.md 1.1).
 *
 * <p>Type 2, the "write" group, is known to the id formulas but refused when sent.
 */
public enum SessionType {
  SINGLE(1, "si_"),
  WRITE_GROUP(2, "g_"),
  GROUP(3, "sg_"),
  NOTIFICATION(4, "sn_");

  private final int number;
  private final String prefix;

  SessionType(int number, String prefix) {
    this.number = number;
    this.prefix = prefix;
  }

  /** The number on the wire. */
  public int number() {
    return number;
  }

  /** Start of the chat conversation's id, underscore included. */
  String prefix() {
    return prefix;
  }

  /** Whether the conversation belongs to a group rather than to two users. */
  public boolean isGroup() {
    return this == WRITE_GROUP || this == GROUP;
  }

  /**
   * The type with this number.
   *
   * @throws ImException 1001 when there is none
   */
  public static SessionType of(int number) {
    return switch (number) {
      case 1 -> SINGLE;
      case 2 -> WRITE_GROUP;
      case 3 -> GROUP;
      case 4 -> NOTIFICATION;
      default -> throw ImError.ARGS.with("unknown sessionType");
    };
  }
}
