package im.hongyan.relation.notification;

import com.google.protobuf.Message;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.nio.charset.StandardCharsets;

/** Reads notifications as clients do. */
public final class NotificationTips {
  private NotificationTips() {}

  /** The tips within a notification's content: an object whose only key holds one more as text. */
  public static <M extends Message> M read(MsgData message, M prototype) {
    String content = message.getContent().toStringUtf8();
    String key = "{\"detail\":";
    if (!content.startsWith(key)) {
      throw new AssertionError("not a notification: " + content);
    }
    try {
      // Any message with a text field takes the text out of its quotes.
      String outer = "{\"groupID\":" + content.substring(key.length());
      String detail =
          GoJsonReader.read(outer.getBytes(StandardCharsets.UTF_8), GroupInfo.getDefaultInstance())
              .getGroupID();
      return GoJsonReader.read(detail.getBytes(StandardCharsets.UTF_8), prototype);
    } catch (GoJsonException e) {
      throw new AssertionError(content, e);
    }
  }
}
