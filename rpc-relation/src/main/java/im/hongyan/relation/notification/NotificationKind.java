package im.hongyan.relation.notification;

/** The notifications that are sent, with the defaults of notifications.md 3 and 14. */
public enum NotificationKind {
  BLACK_ADDED(1207, false, false, "blocked a user"),
  CONVERSATION_CHANGED(1300, false, false, "conversation changed"),
  GROUP_CREATED(1501, true, false, "create group"),
  JOIN_GROUP_APPLICATION(1503, false, true, "joinGroupApplication"),
  MEMBER_INVITED(1509, true, false, "memberInvited"),
  GROUP_ANNOUNCEMENT_SET(1519, true, false, "groupInfoSetAnnouncement");

  private static final int FIRST_OF_GROUPS = 1501;

  private final int contentType;
  private final boolean sendMessage;
  private final boolean offlinePush;
  private final String text;

  NotificationKind(int contentType, boolean sendMessage, boolean offlinePush, String text) {
    this.contentType = contentType;
    this.sendMessage = sendMessage;
    this.offlinePush = offlinePush;
    this.text = text;
  }

  /** Its number. */
  public int contentType() {
    return contentType;
  }

  /** Whether a copy goes into the chat unless the request says otherwise. */
  public boolean sendMessage() {
    return sendMessage;
  }

  boolean offlinePush() {
    return offlinePush;
  }

  String offlineTitle() {
    return offlineText("title");
  }

  String offlineDescription() {
    return offlineText("desc");
  }

  String offlineExtra() {
    return offlineText("ext");
  }

  /** Those of groups carry the part's name; the others use one text for all three. */
  private String offlineText(String part) {
    return contentType >= FIRST_OF_GROUPS ? text + " " + part : text;
  }
}
