package im.hongyan.msg.mutation;

import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationBuilder;
import im.hongyan.wire.notification.NotificationType;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The notification of a mutation, in the same record of the log (notifications.md 1, 7 and 8): in
 * the conversation's twin, or in the user's own one.
 */
record LoggedNotification(Notification notification) {
  /**
   * Type and content of a notification.
   *
   * @param stored whether it gets a seq, so that devices that are away find it later
   */
  record Content(NotificationType type, Message tips, boolean stored) {
    private NotificationBuilder begin(long nowMillis) {
      return Notification.of(type, tips, nowMillis).inRecord(stored);
    }
  }

  /** To the other side of a chat of two and to the sender's own devices. */
  static LoggedNotification toUser(
      SessionType type, UserId sender, UserId receiver, Content content, long nowMillis) {
    return new LoggedNotification(
        content.begin(nowMillis).toUser(type, sender.value(), receiver.value()));
  }

  /** To a user's own devices alone. */
  static LoggedNotification toSelf(UserId user, Content content, long nowMillis) {
    return toUser(SessionType.SINGLE, user, user, content, nowMillis);
  }

  /** To all members of a group. */
  static LoggedNotification toGroup(UserId sender, GroupId group, Content content, long nowMillis) {
    return new LoggedNotification(content.begin(nowMillis).toGroup(sender.value(), group.value()));
  }

  /**
   * Under an id that a repetition has too, so that the log takes it once (docs/sequencing.md O5).
   */
  LoggedNotification withId(String clientMsgId) {
    MsgData renamed = message().toBuilder().setClientMsgID(clientMsgId).build();
    return new LoggedNotification(
        new Notification(notification.conversationId(), renamed, notification.stored()));
  }

  MsgData message() {
    return notification.message();
  }

  private boolean toGroup() {
    return message().getSessionType() == SessionType.GROUP.number();
  }

  /** The copy that a record of the log carries. */
  Copy copy() {
    return Copy.newBuilder()
        .setConversationId(notification.conversationId())
        .setStored(notification.stored())
        .setMessage(message().toByteString())
        .build();
  }

  /** Users who get the push. */
  Set<String> recipients() {
    Set<String> users = new LinkedHashSet<>();
    if (!toGroup()) {
      users.add(message().getRecvID());
      users.add(message().getSendID());
    }
    return users;
  }

  /** The group whose members get the push, empty for none. */
  String recipientGroup() {
    return toGroup() ? message().getGroupID() : "";
  }
}
