package im.hongyan.push.offline;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import java.util.List;

/**
 * What a provider sends users (messaging.md 7.6).
 *
 * @param sound iOS sound; may be empty
 * @param badge whether the app's badge counts the message
 * @param clientMsgId the same when a notification is repeated
 */
public record OfflineNotification(
    List<String> userIds,
    String title,
    String content,
    String ex,
    String sound,
    boolean badge,
    String clientMsgId,
    String operationId) {
  /** Copies the list. */
  public OfflineNotification {
    userIds = List.copyOf(userIds);
  }

  /** The notification of a message. */
  static OfflineNotification of(
      MsgData message, OfflinePushInfo info, List<String> userIds, String operationId) {
    String title = info.getTitle().isEmpty() ? title(message.getContentType()) : info.getTitle();
    return new OfflineNotification(
        userIds,
        title,
        info.getDesc().isEmpty() ? title : info.getDesc(),
        info.getEx(),
        info.getIOSPushSound(),
        info.getIOSBadgeCount(),
        message.getClientMsgID(),
        operationId);
  }

  private static String title(int contentType) {
    return switch (contentType) {
      case 101 -> "[TEXT]";
      case 102 -> "[PICTURE]";
      case 103 -> "[VOICE]";
      case 104 -> "[VIDEO]";
      case 105 -> "[File]";
      case 106 -> "";
      case 1601 -> "[SIGNALINVITE]";
      default -> "[NEWMSG]";
    };
  }
}
