package im.hongyan.msg.send;

import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.NotificationElem;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.nio.charset.StandardCharsets;

/** The content of a notification (notifications.md 1). */
final class NotificationTips {
  private NotificationTips() {}

  /**
   * Reads the tips of a notification.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the content is none
   */
  static <M extends Message> M of(MsgData message, M prototype) {
    try {
      NotificationElem element =
          GoJsonReader.read(
              message.getContent().toByteArray(), NotificationElem.getDefaultInstance());
      return GoJsonReader.read(element.getDetail().getBytes(StandardCharsets.UTF_8), prototype);
    } catch (GoJsonException e) {
      throw ImError.ARGS.with("content is no notification: " + e.getMessage());
    }
  }
}
