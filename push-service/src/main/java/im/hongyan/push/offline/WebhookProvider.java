package im.hongyan.push.offline;

import im.hongyan.proto.webhook.OfflinePush;
import im.hongyan.webhooks.WebhookClient;
import im.hongyan.wire.error.ImException;
import java.net.URI;
import java.time.Duration;

/**
 * Posts each notification as JSON (hongyan/webhook.proto) to a URL of the operator, which brings it
 * to the devices. Safe for use by several threads.
 */
final class WebhookProvider implements OfflineProvider {
  private final URI url;
  private final Duration timeout;
  private final WebhookClient client;

  /**
   * Creates a provider.
   *
   * @param timeout for the whole exchange
   */
  WebhookProvider(URI url, Duration timeout) {
    this.url = url;
    this.timeout = timeout;
    client = new WebhookClient("offline-webhook", timeout);
  }

  @Override
  public void send(OfflineNotification notification) {
    String trouble = client.post(url, notification.operationId(), body(notification), timeout);
    if (!trouble.isEmpty()) {
      throw ImException.internal("the webhook " + trouble);
    }
  }

  private static OfflinePush body(OfflineNotification notification) {
    return OfflinePush.newBuilder()
        .addAllUserIDs(notification.userIds().stream().map(WebhookClient::whole).toList())
        .setTitle(WebhookClient.whole(notification.title()))
        .setContent(WebhookClient.whole(notification.content()))
        .setEx(WebhookClient.whole(notification.ex()))
        .setIOSPushSound(WebhookClient.whole(notification.sound()))
        .setIOSBadgeCount(notification.badge())
        .setClientMsgID(WebhookClient.whole(notification.clientMsgId()))
        .setOperationID(WebhookClient.whole(notification.operationId()))
        .build();
  }

  @Override
  public void close() {
    client.close();
  }
}
