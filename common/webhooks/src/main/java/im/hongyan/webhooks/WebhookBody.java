package im.hongyan.webhooks;

import com.google.protobuf.Message;
import im.hongyan.proto.webhook.UserKickOff;
import im.hongyan.proto.webhook.UserOffline;
import im.hongyan.proto.webhook.UserOnline;
import im.hongyan.wire.id.Platform;

/** What a webhook says of a user's event (hongyan/webhook.proto). Stateless. */
final class WebhookBody {
  private WebhookBody() {}

  static Message of(String command, UserEvent event) {
    String operationId = WebhookClient.whole(event.operationId());
    String platform = Platform.labelOf(event.platformId());
    String userId = WebhookClient.whole(event.userId());
    return switch (event) {
      case UserEvent.Online online ->
          UserOnline.newBuilder()
              .setCallbackCommand(command)
              .setOperationID(operationId)
              .setPlatformID(event.platformId())
              .setPlatform(platform)
              .setUserID(userId)
              .setSeq(event.atMillis())
              .setIsAppBackground(online.background())
              .setConnID(online.connId())
              .build();
      case UserEvent.Offline offline ->
          UserOffline.newBuilder()
              .setCallbackCommand(command)
              .setOperationID(operationId)
              .setPlatformID(event.platformId())
              .setPlatform(platform)
              .setUserID(userId)
              .setSeq(event.atMillis())
              .setConnID(offline.connId())
              .build();
      case UserEvent.KickOff _ ->
          UserKickOff.newBuilder()
              .setCallbackCommand(command)
              .setOperationID(operationId)
              .setPlatformID(event.platformId())
              .setPlatform(platform)
              .setUserID(userId)
              .setSeq(event.atMillis())
              .build();
    };
  }
}
