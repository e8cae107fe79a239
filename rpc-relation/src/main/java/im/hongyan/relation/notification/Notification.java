package im.hongyan.relation.notification;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.json.GoJsonWriter;
import im.hongyan.wire.json.JsonBuffer;

/**
 * A message of the system about a change (notifications.md 1). It keeps its {@code clientMsgID}
 * however often it is sent, so that it is delivered once.
 *
 * @param conversationId the notification conversation; those of one conversation keep their order
 */
public record Notification(String conversationId, MsgData message) {
  private static final int FROM_SYSTEM = 200;

  /**
   * A notification to all members of a group.
   *
   * @param sendMessage whether a copy goes into the chat
   * @param nowMillis time of the change
   */
  public static Notification toGroup(
      NotificationKind kind,
      String sendId,
      String groupId,
      boolean sendMessage,
      Message tips,
      long nowMillis) {
    MsgData.Builder message =
        carrier(kind, sendMessage, tips, nowMillis)
            .setSendID(sendId)
            .setRecvID(groupId)
            .setGroupID(groupId)
            .setSessionType(SessionType.GROUP.number());
    return of(SessionType.GROUP, message);
  }

  /**
   * A notification to one user and the sender's devices.
   *
   * @param nowMillis time of the change
   */
  public static Notification toUser(
      NotificationKind kind, String sendId, String recvId, Message tips, long nowMillis) {
    MsgData.Builder message =
        carrier(kind, kind.sendMessage(), tips, nowMillis)
            .setSendID(sendId)
            .setRecvID(recvId)
            .setSessionType(SessionType.SINGLE.number());
    return of(SessionType.SINGLE, message);
  }

  private static Notification of(SessionType type, MsgData.Builder message) {
    ConversationId conversation =
        ConversationId.notification(
            type, message.getSendID(), message.getRecvID(), message.getGroupID());
    return new Notification(conversation.value(), message.build());
  }

  private static MsgData.Builder carrier(
      NotificationKind kind, boolean sendMessage, Message tips, long nowMillis) {
    MsgData.Builder message =
        MsgData.newBuilder()
            .setCreateTime(nowMillis)
            .setMsgFrom(FROM_SYSTEM)
            .setContentType(kind.contentType())
            .setContent(content(tips))
            .setClientMsgID(MessageIds.next())
            .setOfflinePushInfo(
                OfflinePushInfo.newBuilder()
                    .setTitle(kind.offlineTitle())
                    .setDesc(kind.offlineDescription())
                    .setEx(kind.offlineExtra()));
    putOptions(message, sendMessage, kind.offlinePush());
    return message;
  }

  /** All keys are written, since an absent one means true (notifications.md 1.4, level 1). */
  private static void putOptions(
      MsgData.Builder message, boolean sendMessage, boolean offlinePush) {
    message
        .putOptions("isNotNotification", false)
        .putOptions("isSendMsg", sendMessage)
        .putOptions("history", false)
        .putOptions("persistent", false)
        .putOptions("offlinePush", offlinePush)
        .putOptions("unreadCount", sendMessage)
        .putOptions("conversationUpdate", false)
        .putOptions("senderSync", true)
        .putOptions("notPrivate", false)
        .putOptions("senderConversationUpdate", false)
        .putOptions("reactionFromCache", false);
  }

  /** The tips as JSON, within a text of one more JSON object (notifications.md 1.2). */
  private static ByteString content(Message tips) {
    String detail = GoJsonWriter.toText(tips);
    JsonBuffer json = new JsonBuffer(2 * detail.length());
    json.raw(JsonBuffer.ascii("{\"detail\":")).string(detail).raw('}');
    return ByteString.copyFrom(json.toByteArray());
  }

  /** With the sender's profile, which two notifications of groups carry (notifications.md 1.3). */
  public Notification withSender(String nickname, String faceUrl) {
    return new Notification(
        conversationId,
        message.toBuilder().setSenderNickname(nickname).setSenderFaceURL(faceUrl).build());
  }
}
