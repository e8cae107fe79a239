package im.hongyan.wire.message;

/**
 * Content types of messages (messaging.md 1.4). Clients invent numbers of their own, so that this
 * is a list of those that the server knows, not a closed set.
 */
public final class ContentType {
  public static final int TEXT = 101;
  public static final int PICTURE = 102;
  public static final int VOICE = 103;
  public static final int VIDEO = 104;
  public static final int FILE = 105;
  public static final int AT_TEXT = 106;
  public static final int CUSTOM = 110;
  public static final int REVOKE = 111;
  public static final int TYPING = 113;
  public static final int QUOTE = 114;
  public static final int MARKDOWN = 118;
  public static final int OA_NOTIFICATION = 1400;
  public static final int MEMBER_QUIT = 1504;
  public static final int MEMBER_KICKED = 1508;
  public static final int MEMBER_INVITED = 1509;
  public static final int MEMBER_ENTERED = 1510;
  public static final int CALL_FROM = 1602;
  public static final int CALL_TO = 1603;
  public static final int REVOKED = 2101;
  public static final int READ_RECEIPT = 2200;
  private static final int FIRST_SYSTEM = 1000;
  private static final int LAST_SYSTEM = 5000;
  private static final int FIRST_OF_GROUPS = 1501;
  private static final int LAST_OF_GROUPS = 1520;

  private ContentType() {}

  /** Whether only the system may send it. */
  public static boolean isSystem(int contentType) {
    return contentType >= FIRST_SYSTEM && contentType <= LAST_SYSTEM;
  }

  /** Whether it is a notification of a changed group (notifications.md 6). */
  public static boolean isGroupNotification(int contentType) {
    return contentType >= FIRST_OF_GROUPS && contentType <= LAST_OF_GROUPS;
  }

  /** Whether hooks are asked about it (rest-message.md 5.4). */
  public static boolean isHooked(int contentType) {
    return contentType != TYPING && !isSystem(contentType);
  }
}
