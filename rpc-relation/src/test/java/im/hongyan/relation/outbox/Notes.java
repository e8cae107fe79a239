package im.hongyan.relation.outbox;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.notification.Notification;

/** Notifications without meaning. */
public final class Notes {
  private Notes() {}

  /** One of a conversation, recognised by its text. */
  public static Notification note(String conversationId, String text, long createTimeMillis) {
    return new Notification(
        conversationId,
        MsgData.newBuilder()
            .setClientMsgID(MessageIds.next())
            .setContent(ByteString.copyFromUtf8(text))
            .setCreateTime(createTimeMillis)
            .build(),
        false);
  }

  /** The text of a notification. */
  public static String text(MsgData message) {
    return message.getContent().toStringUtf8();
  }

  /** A conversation of its own. */
  public static String conversation() {
    return "n_" + MessageIds.next();
  }
}
