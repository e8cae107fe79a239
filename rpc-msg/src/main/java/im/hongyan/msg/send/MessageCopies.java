package im.hongyan.msg.send;

import im.hongyan.messagelog.lane.ResendKeys;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.MsgDataOrBuilder;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.message.MessageOption;
import java.util.LinkedHashSet;
import java.util.Set;

/** What of a message goes into which conversation (messaging.md 4.3). Stateless. */
final class MessageCopies {
  private MessageCopies() {}

  /**
   * The record of an accepted message; the chat copy comes first.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when a notification's content is none
   */
  static InboundRecord record(MsgData message, Mentions mentions, String operationId) {
    SessionType type = SessionType.of(message.getSessionType());
    InboundRecord.Builder record =
        InboundRecord.newBuilder()
            .setSendId(message.getSendID())
            .setClientMsgId(message.getClientMsgID())
            .setSendTimeMillis(message.getSendTime())
            .setOperationId(operationId);
    if (!mentions.equals(Mentions.getDefaultInstance())) {
      record.setMentions(mentions);
    }
    if (type.isGroup()) {
      addGroup(record, message);
    } else {
      record.addAllRecipients(recipients(message));
    }
    boolean stored = MessageOption.HISTORY.isOn(message);
    if (MessageOption.IS_NOT_NOTIFICATION.isOn(message)) {
      return record.addCopies(copy(chat(message, type), stored, message)).build();
    }
    MsgData notification = message;
    if (MessageOption.IS_SEND_MSG.isOn(message)) {
      record.addCopies(copy(chat(message, type), true, chatClone(message)));
      notification =
          message.toBuilder()
              .putOptions(MessageOption.OFFLINE_PUSH.key(), false)
              .putOptions(MessageOption.UNREAD_COUNT.key(), false)
              .build();
    }
    ConversationId twin =
        ConversationId.notification(
            type, message.getSendID(), message.getRecvID(), message.getGroupID());
    return record.addCopies(copy(twin, stored, notification)).build();
  }

  /** It goes to the members at the time of its push, and to who leaves by it (messaging.md 7.4). */
  private static void addGroup(InboundRecord.Builder record, MsgData message) {
    record.setRecipientGroupId(message.getGroupID());
    Leavers leavers = Leavers.of(message);
    if (!leavers.isEmpty()) {
      record
          .addAllRecipients(leavers.userIds())
          .setMutation(
              Mutation.newBuilder()
                  .setConversationId(ConversationId.group(message.getGroupID()).value())
                  .setLeaving(
                      Leaving.newBuilder()
                          .addAllUserIds(leavers.userIds())
                          .setMembershipVersion(leavers.membershipVersion())));
    }
  }

  /** The conversation of a message's first copy: the one in which a resend is looked for. */
  static ConversationId conversation(MsgDataOrBuilder message) {
    SessionType type = SessionType.of(message.getSessionType());
    boolean notification =
        !MessageOption.IS_NOT_NOTIFICATION.isOn(message)
            && !MessageOption.IS_SEND_MSG.isOn(message);
    return notification
        ? ConversationId.notification(
            type, message.getSendID(), message.getRecvID(), message.getGroupID())
        : ConversationId.chat(type, message.getSendID(), message.getRecvID(), message.getGroupID());
  }

  /** Under which client id a message's resend is looked for. */
  static String resendKey(MsgDataOrBuilder message) {
    boolean stored =
        MessageOption.HISTORY.isOn(message)
            || (!MessageOption.IS_NOT_NOTIFICATION.isOn(message)
                && MessageOption.IS_SEND_MSG.isOn(message));
    return ResendKeys.of(message.getClientMsgID(), stored);
  }

  private static ConversationId chat(MsgData message, SessionType type) {
    return ConversationId.chat(
        type, message.getSendID(), message.getRecvID(), message.getGroupID());
  }

  /** The clone of a notification keeps two options; all others are on again. */
  private static MsgData chatClone(MsgData message) {
    return message.toBuilder()
        .clearOptions()
        .putOptions(MessageOption.OFFLINE_PUSH.key(), MessageOption.OFFLINE_PUSH.isOn(message))
        .putOptions(MessageOption.UNREAD_COUNT.key(), MessageOption.UNREAD_COUNT.isOn(message))
        .build();
  }

  private static Copy copy(ConversationId conversation, boolean stored, MsgData message) {
    return Copy.newBuilder()
        .setConversationId(conversation.value())
        .setStored(stored)
        .setMessage(message.toByteString())
        .build();
  }

  private static Set<String> recipients(MsgData message) {
    Set<String> users = new LinkedHashSet<>();
    users.add(message.getRecvID());
    if (MessageOption.SENDER_SYNC.isOn(message)) {
      users.add(message.getSendID());
    }
    return users;
  }
}
