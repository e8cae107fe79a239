package im.hongyan.wire.notification;

import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.message.MessageOption;
import im.hongyan.wire.message.MessageSource;

/** The one way to make a {@link Notification}. Used by one thread. */
public final class NotificationBuilder {
  private final NotificationType type;
  private final MsgData.Builder message;
  private boolean sendMessage;
  private boolean stored;
  private boolean senderSync = true;

  NotificationBuilder(NotificationType type, Message tips, long nowMillis) {
    this.type = type;
    sendMessage = type.sendMessage();
    message =
        MsgData.newBuilder()
            .setCreateTime(nowMillis)
            .setMsgFrom(MessageSource.SYSTEM)
            .setContentType(type.contentType())
            .setContent(Notification.content(tips))
            .setClientMsgID(MessageIds.next())
            .setOfflinePushInfo(
                OfflinePushInfo.newBuilder()
                    .setTitle(type.offlineText("title"))
                    .setDesc(type.offlineText("desc"))
                    .setEx(type.offlineText("ext")));
  }

  /** Whether a copy goes into the chat, instead of what the type says. */
  public NotificationBuilder sendMessage(boolean send) {
    sendMessage = send;
    return this;
  }

  /** Whether it gets a seq, so that devices that are away find it later. */
  public NotificationBuilder stored(boolean store) {
    stored = store;
    return this;
  }

  /** The receiver's devices alone get it. */
  public NotificationBuilder withoutSender() {
    senderSync = false;
    return this;
  }

  /** With the sender's profile, which two notifications of groups carry (notifications.md 1.3). */
  public NotificationBuilder sender(String nickname, String faceUrl) {
    message.setSenderNickname(nickname).setSenderFaceURL(faceUrl);
    return this;
  }

  /**
   * For a record of the log that brings the change itself: ids and time are given, nothing goes to
   * devices that are away.
   *
   * @param withSeq whether it gets a seq
   */
  public NotificationBuilder inRecord(boolean withSeq) {
    stored = withSeq;
    message
        .setServerMsgID(MessageIds.next())
        .setSendTime(message.getCreateTime())
        .setOfflinePushInfo(OfflinePushInfo.getDefaultInstance());
    return this;
  }

  /** To all members of a group. */
  public Notification toGroup(String sendId, String groupId) {
    message.setGroupID(groupId);
    return to(SessionType.GROUP, sendId, groupId);
  }

  /** To one user and the sender's devices. */
  public Notification toUser(String sendId, String recvId) {
    return to(SessionType.SINGLE, sendId, recvId);
  }

  /** To one user and the sender's devices, in the twin of a conversation of this type. */
  public Notification toUser(SessionType session, String sendId, String recvId) {
    return to(session, sendId, recvId);
  }

  private Notification to(SessionType session, String sendId, String recvId) {
    message.setSendID(sendId).setRecvID(recvId).setSessionType(session.number());
    putOptions();
    ConversationId conversation =
        ConversationId.notification(session, sendId, recvId, message.getGroupID());
    return new Notification(conversation.value(), message.build(), stored);
  }

  /** All keys are written, since an absent one means true (notifications.md 1.4, level 1). */
  private void putOptions() {
    for (MessageOption option : MessageOption.values()) {
      option.put(
          message,
          switch (option) {
            case SENDER_SYNC -> senderSync;
            case IS_SEND_MSG, UNREAD_COUNT -> sendMessage;
            case OFFLINE_PUSH -> type.offlinePush();
            case HISTORY, PERSISTENT -> stored;
            case IS_NOT_NOTIFICATION,
                CONVERSATION_UPDATE,
                NOT_PRIVATE,
                SENDER_CONVERSATION_UPDATE,
                REACTION_FROM_CACHE ->
                false;
          });
    }
  }
}
