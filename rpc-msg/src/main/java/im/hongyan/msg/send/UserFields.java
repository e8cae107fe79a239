package im.hongyan.msg.send;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.message.MessageOption;
import im.hongyan.wire.message.MessageSource;
import im.hongyan.wire.message.MessageStatus;

/**
 * The fields of a message that are not the user's who sends it (messaging.md 1.1): readers get what
 * the server knows, whatever the client wrote. Stateless.
 */
final class UserFields {
  /** So far a device's clock may be off. */
  private static final long CLOCK_OFF_MILLIS = 86_400_000;

  private UserFields() {}

  /** Writes them. */
  static void apply(MsgData.Builder message, long nowMillis) {
    message
        .setSendTime(nowMillis)
        .setStatus(MessageStatus.SENT)
        .setMsgFrom(MessageSource.USER)
        .setIsRead(false);
    long created = message.getCreateTime();
    if (created < nowMillis - CLOCK_OFF_MILLIS || created > nowMillis + CLOCK_OFF_MILLIS) {
      message.setCreateTime(nowMillis);
    }
    if (Platform.of(message.getSenderPlatformID()).isEmpty()) {
      message.setSenderPlatformID(0);
    }
    if (message.getSessionType() == SessionType.GROUP.number()) {
      message.setRecvID("");
    } else {
      message.setGroupID("");
    }
    // A user's message is a message: notifications are the server's.
    message.removeOptions(MessageOption.IS_NOT_NOTIFICATION.key());
    message.removeOptions(MessageOption.IS_SEND_MSG.key());
  }
}
