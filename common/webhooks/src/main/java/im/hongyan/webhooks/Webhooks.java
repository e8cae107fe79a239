package im.hongyan.webhooks;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Posts to an operator's own code what happened, after it happened (websocket.md 7.7,
 * rest-account.md 0.14). Posting never blocks and never fails: events wait in a bounded queue,
 * those of one user in their order; what does not fit or cannot be delivered is counted and logged
 * now and then. Safe for use by several threads; its creator closes it.
 */
public final class Webhooks implements AutoCloseable {
  private static final int MOST_WAITING = 10_000;

  private final WebhookConfig config;

  /** Null while nothing is to be posted, so that nobody pays for what is off by default. */
  private final @Nullable WebhookSender sender;

  /** Starts threads only when one of them is enabled. */
  public Webhooks(WebhookConfig config, MeterRegistry meters) {
    this.config = config;
    sender = config.any() ? new WebhookSender(config.url(), MOST_WAITING, meters) : null;
  }

  /** Posts an event of a kind that the operator has enabled. */
  public void post(UserEvent event) {
    switch (event) {
      case UserEvent.Online online ->
          post("callbackAfterUserOnlineCommand", config.userOnline(), online);
      case UserEvent.Offline offline ->
          post("callbackAfterUserOfflineCommand", config.userOffline(), offline);
      case UserEvent.KickOff kick ->
          post("callbackAfterUserKickOffCommand", config.userKickOff(), kick);
    }
  }

  private void post(String command, WebhookConfig.After kind, UserEvent event) {
    if (sender != null && kind.enable()) {
      sender.send(
          new WebhookSender.WebhookRequest(
              command,
              event.operationId(),
              event.userId(),
              kind.timeout(),
              () -> WebhookBody.of(command, event)));
    }
  }

  /** Gives what waits a few seconds to be delivered, then drops it. */
  @Override
  public void close() {
    if (sender != null) {
      sender.close();
    }
  }
}
