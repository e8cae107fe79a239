package im.hongyan.wire.notification;

/** The notifications that are sent, with the defaults of notifications.md 3 and 14. */
public enum NotificationType {
  BLACK_ADDED(1207, false, false, "blocked a user"),
  BLACK_REMOVED(1208, false, false, "Remove a blocked user"),
  CONVERSATION_CHANGED(1300, false, false, "conversation changed"),
  GROUP_CREATED(1501, true, false, "create group"),
  JOIN_GROUP_APPLICATION(1503, false, true, "joinGroupApplication"),
  MEMBER_INVITED(1509, true, false, "memberInvited"),
  GROUP_ANNOUNCEMENT_SET(1519, true, false, "groupInfoSetAnnouncement"),
  MESSAGES_CLEARED(1703, false, false, ""),
  MESSAGE_REVOKED(2101, false, false, ""),
  MESSAGES_DELETED(2102, false, false, ""),
  MESSAGES_READ(2200, false, false, "");

  private static final int FIRST_OF_GROUPS = 1501;

  private final int contentType;
  private final boolean sendMessage;
  private final boolean offlinePush;
  private final String text;

  NotificationType(int contentType, boolean sendMessage, boolean offlinePush, String text) {
    this.contentType = contentType;
    this.sendMessage = sendMessage;
    this.offlinePush = offlinePush;
    this.text = text;
  }

  /** Its content type. */
  public int contentType() {
    return contentType;
  }

  /** Whether a copy goes into the chat unless the request says otherwise. */
  public boolean sendMessage() {
    return sendMessage;
  }

  /** Whether devices that are away get an offline push. */
  public boolean offlinePush() {
    return offlinePush;
  }

  /** Text of the offline push: those of groups carry the part's name, others one text for all. */
  String offlineText(String part) {
    return contentType >= FIRST_OF_GROUPS && !text.isEmpty() ? text + " " + part : text;
  }
}
