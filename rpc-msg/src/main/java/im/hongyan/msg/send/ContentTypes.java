package im.hongyan.msg.send;

/** The content types that the way of a message depends on (messaging.md 1.4). */
final class ContentTypes {
  static final int AT_TEXT = 106;
  static final int REVOKE = 111;
  static final int TYPING = 113;
  static final int OA_NOTIFICATION = 1400;
  static final int MEMBER_QUIT = 1504;
  static final int MEMBER_KICKED = 1508;
  static final int MEMBER_INVITED = 1509;
  static final int MEMBER_ENTERED = 1510;
  static final int GROUP_DISMISSED = 1511;
  static final int READ_RECEIPT = 2200;
  private static final int FIRST_SYSTEM = 1000;
  private static final int LAST_SYSTEM = 5000;

  private ContentTypes() {}

  /** Whether only the system may send it. */
  static boolean isSystem(int contentType) {
    return contentType >= FIRST_SYSTEM && contentType <= LAST_SYSTEM;
  }

  /** Whether hooks are asked about it (rest-message.md 5.4). */
  static boolean isHooked(int contentType) {
    return contentType != TYPING && !isSystem(contentType);
  }
}
