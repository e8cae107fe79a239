package im.hongyan.msg.send;

/** The content types that the way of a message depends on (messaging.md 1.4). */
final class ContentTypes {
  static final int REVOKE = 111;
  static final int TYPING = 113;
  static final int OA_NOTIFICATION = 1400;
  static final int READ_RECEIPT = 2200;
  private static final int FIRST_SYSTEM = 1000;
  private static final int LAST_SYSTEM = 5000;

  private ContentTypes() {}

  /** Whether only the system may send it. */
  static boolean isSystem(int contentType) {
    return contentType >= FIRST_SYSTEM && contentType <= LAST_SYSTEM;
  }
}
