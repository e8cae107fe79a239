package im.hongyan.wire.notification;

/** The notifications that are sent, with the defaults of notifications.md 3 and 14. */
public enum NotificationType {
  FRIEND_APPLICATION_APPROVED(1201, true, true, "Someone applies to add your friend application"),
  FRIEND_APPLICATION_REJECTED(1202, false, true, "Someone rejected your friend application"),
  FRIEND_APPLICATION_ADDED(1203, false, true, "Somebody applies to add you as a friend"),
  FRIEND_DELETED(1205, false, false, "deleted a friend"),
  FRIEND_REMARK_SET(1206, false, false, "Your friend's profile has been changed"),
  BLACK_ADDED(1207, false, false, "blocked a user"),
  BLACK_REMOVED(1208, false, false, "Remove a blocked user"),
  FRIEND_PROFILE_CHANGED(1209, false, false, "friend info updated"),
  FRIENDS_CHANGED(1210, false, false, "friend info updated"),
  CONVERSATION_CHANGED(1300, false, false, "conversation changed"),
  USER_INFO_UPDATED(1303, false, false, "userInfo updated"),
  GROUP_CREATED(1501, true, false, "create group"),
  GROUP_INFO_SET(1502, false, false, "groupInfoSet"),
  JOIN_GROUP_APPLICATION(1503, false, true, "joinGroupApplication"),
  MEMBER_QUIT(1504, true, false, "memberQuit"),
  GROUP_APPLICATION_ACCEPTED(1505, false, true, "groupApplicationAccepted"),
  GROUP_APPLICATION_REJECTED(1506, false, true, "groupApplicationRejected"),
  GROUP_OWNER_TRANSFERRED(1507, true, false, "groupOwnerTransferred"),
  MEMBER_KICKED(1508, true, false, "memberKicked"),
  MEMBER_INVITED(1509, true, false, "memberInvited"),
  MEMBER_ENTERED(1510, true, false, "memberEnter"),
  GROUP_DISMISSED(1511, true, false, "groupDismissed"),
  GROUP_MEMBER_MUTED(1512, true, false, "groupMemberMuted"),
  GROUP_MEMBER_UNMUTED(1513, true, false, "groupMemberCancelMuted"),
  GROUP_MUTED(1514, true, false, "groupMuted"),
  GROUP_UNMUTED(1515, true, false, "groupCancelMuted"),
  GROUP_MEMBER_INFO_SET(1516, false, false, "groupMemberInfoSet"),
  GROUP_MEMBER_MADE_ADMIN(1517, false, false, ""),
  GROUP_MEMBER_MADE_ORDINARY(1518, false, false, ""),
  GROUP_ANNOUNCEMENT_SET(1519, true, false, "groupInfoSetAnnouncement"),
  GROUP_NAME_SET(1520, true, false, "groupInfoSetName"),
  PRIVATE_CHAT_SET(1701, true, false, "burn after reading"),
  MESSAGES_CLEARED(1703, false, false, ""),
  BUSINESS(2001, false, false, ""),
  MESSAGE_REVOKED(2101, false, false, ""),
  MESSAGES_DELETED(2102, false, false, ""),
  MESSAGES_READ(2200, false, false, "");

  private static final int FIRST_OF_GROUPS = 1501;
  private static final int LAST_OF_GROUPS = 1599;

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
    boolean ofGroups = contentType >= FIRST_OF_GROUPS && contentType <= LAST_OF_GROUPS;
    return ofGroups && !text.isEmpty() ? text + " " + part : text;
  }
}
