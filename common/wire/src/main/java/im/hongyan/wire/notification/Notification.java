package im.hongyan.wire.notification;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.json.GoJsonWriter;
import im.hongyan.wire.json.JsonBuffer;

/**
 * A message of the system about a change (notifications.md 1). It keeps its {@code clientMsgID}
 * however often it is sent, so that it is delivered once. Made by {@link NotificationBuilder}.
 *
 * @param conversationId the notification conversation; those of one conversation keep their order
 * @param stored whether it gets a seq, so that devices that are away find it later
 */
public record Notification(String conversationId, MsgData message, boolean stored) {

  /**
   * Begins a notification.
   *
   * @param tips its content
   * @param nowMillis time of the change
   */
  public static NotificationBuilder of(NotificationType type, Message tips, long nowMillis) {
    return new NotificationBuilder(type, tips, nowMillis);
  }

  /** The tips as JSON, within a text of one more JSON object (notifications.md 1.2). */
  public static ByteString content(Message tips) {
    String detail = GoJsonWriter.toText(tips);
    JsonBuffer json = new JsonBuffer(2 * detail.length());
    json.raw(JsonBuffer.ascii("{\"detail\":")).string(detail).raw('}');
    return ByteString.copyFrom(json.toByteArray());
  }
}
