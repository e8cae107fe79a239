package im.hongyan.msg.mutation;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.json.GoJsonWriter;
import im.hongyan.wire.json.JsonBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What is told of a mutation (notifications.md 1, 7 and 8): a notification in the conversation's
 * twin, or in the user's own one.
 *
 * @param message the notification
 * @param stored whether it gets a seq, so that devices that are away find it later
 */
record Notice(MsgData message, boolean stored) {
  static final int CONVERSATION_CHANGED = 1300;
  static final int CLEARED = 1703;
  static final int REVOKED = 2101;
  static final int DELETED = 2102;
  static final int READ = 2200;
  private static final int FROM_SYSTEM = 200;
  private static final List<String> OFF =
      List.of(
          "isNotNotification",
          "isSendMsg",
          "offlinePush",
          "unreadCount",
          "conversationUpdate",
          "notPrivate",
          "senderConversationUpdate",
          "reactionFromCache");

  /** Kind and content of a notification. */
  record Content(int contentType, Message tips, boolean stored) {}

  /** To the other side of a chat of two and to the sender's own devices. */
  static Notice toUser(SessionType type, String sendId, String recvId, Content content, long now) {
    return new Notice(
        carrier(content, now)
            .setSendID(sendId)
            .setRecvID(recvId)
            .setSessionType(type.number())
            .build(),
        content.stored());
  }

  /** To a user's own devices alone. */
  static Notice toSelf(String userId, Content content, long now) {
    return toUser(SessionType.SINGLE, userId, userId, content, now);
  }

  /** To all members of a group. */
  static Notice toGroup(String sendId, String groupId, Content content, long now) {
    return new Notice(
        carrier(content, now)
            .setSendID(sendId)
            .setRecvID(groupId)
            .setGroupID(groupId)
            .setSessionType(SessionType.GROUP.number())
            .build(),
        content.stored());
  }

  private static MsgData.Builder carrier(Content content, long now) {
    MsgData.Builder message =
        MsgData.newBuilder()
            .setClientMsgID(MessageIds.next())
            .setServerMsgID(MessageIds.next())
            .setMsgFrom(FROM_SYSTEM)
            .setContentType(content.contentType())
            .setContent(text(content.tips()))
            .setCreateTime(now)
            .setSendTime(now)
            .setOfflinePushInfo(OfflinePushInfo.getDefaultInstance())
            .putOptions("senderSync", true)
            .putOptions("history", content.stored())
            .putOptions("persistent", content.stored());
    // All keys are written, since an absent one means true.
    OFF.forEach(key -> message.putOptions(key, false));
    return message;
  }

  /** The tips as JSON, within a text of one more JSON object (notifications.md 1.2). */
  private static ByteString text(Message tips) {
    String detail = GoJsonWriter.toText(tips);
    JsonBuffer json = new JsonBuffer(2 * detail.length());
    json.raw(JsonBuffer.ascii("{\"detail\":")).string(detail).raw('}');
    return ByteString.copyFrom(json.toByteArray());
  }

  private boolean toGroup() {
    return message.getSessionType() == SessionType.GROUP.number();
  }

  /** The copy that a record of the log carries. */
  Copy copy() {
    ConversationId conversation =
        ConversationId.notification(
            SessionType.of(message.getSessionType()),
            message.getSendID(),
            message.getRecvID(),
            message.getGroupID());
    return Copy.newBuilder()
        .setConversationId(conversation.value())
        .setStored(stored)
        .setMessage(message.toByteString())
        .build();
  }

  /** Users who get the push. */
  Set<String> recipients() {
    Set<String> users = new LinkedHashSet<>();
    if (!toGroup()) {
      users.add(message.getRecvID());
      users.add(message.getSendID());
    }
    return users;
  }

  /** The group whose members get the push, empty for none. */
  String recipientGroup() {
    return toGroup() ? message.getGroupID() : "";
  }
}
