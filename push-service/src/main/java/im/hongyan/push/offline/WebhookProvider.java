package im.hongyan.push.offline;

import im.hongyan.proto.webhook.OfflinePush;
import im.hongyan.webhooks.WebhookClient;
import im.hongyan.wire.error.ImException;
import java.net.URI;
import java.time.Duration;

/**
 * Posts each notice as JSON (hongyan/webhook.proto) to a URL of the operator, which brings it to
 * the devices. Safe for use by several threads.
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
  public void send(OfflineNotice notice) {
    String trouble = client.post(url, notice.operationId(), body(notice), timeout);
    if (!trouble.isEmpty()) {
      throw ImException.internal("the webhook " + trouble);
    }
  }

  private static OfflinePush body(OfflineNotice notice) {
    return OfflinePush.newBuilder()
        .addAllUserIDs(notice.userIds().stream().map(WebhookClient::whole).toList())
        .setTitle(WebhookClient.whole(notice.title()))
        .setContent(WebhookClient.whole(notice.content()))
        .setEx(WebhookClient.whole(notice.ex()))
        .setIOSPushSound(WebhookClient.whole(notice.sound()))
        .setIOSBadgeCount(notice.badge())
        .setClientMsgID(WebhookClient.whole(notice.clientMsgId()))
        .setOperationID(WebhookClient.whole(notice.operationId()))
        .build();
  }

  @Override
  public void close() {
    client.close();
  }
}
