package im.hongyan.webhooks;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Posts to an operator's own code what happened, after it happened (websocket.md 7.7,
 * rest-account.md 0.14). Posting never blocks and never fails: events wait in a bounded queue,
 * those of one user in their order; what does not fit or cannot be delivered is counted and logged
 * now and then. Safe for use by several threads; its creator closes it.
 */
public final class Webhooks implements AutoCloseable {
  private static final int MOST_WAITING = 10_000;

  private final Supplier<WebhookConfig> config;
  private final MeterRegistry meters;

  /** Null until something is to be posted, so that nobody pays for what is off by default. */
  private @Nullable WebhookSender sender;

  private boolean closed;

  /**
   * Starts threads only when an event of a kind comes that is enabled.
   *
   * @param config of the moment
   */
  public Webhooks(Supplier<WebhookConfig> config, MeterRegistry meters) {
    this.config = config;
    this.meters = meters;
  }

  /** Posts an event of a kind that the operator has enabled. */
  public void post(UserEvent event) {
    switch (event) {
      case UserEvent.Online online ->
          post("callbackAfterUserOnlineCommand", config.get().userOnline(), online);
      case UserEvent.Offline offline ->
          post("callbackAfterUserOfflineCommand", config.get().userOffline(), offline);
      case UserEvent.KickOff kick ->
          post("callbackAfterUserKickOffCommand", config.get().userKickOff(), kick);
    }
  }

  private void post(String command, WebhookConfig.After kind, UserEvent event) {
    WebhookSender open = kind.enable() ? sender() : null;
    if (open != null) {
      open.send(
          new WebhookSender.WebhookRequest(
              command,
              event.operationId(),
              event.userId(),
              kind.timeout(),
              () -> WebhookBody.of(command, event)));
    }
  }

  private synchronized @Nullable WebhookSender sender() {
    if (sender == null && !closed) {
      sender = new WebhookSender(() -> config.get().url(), MOST_WAITING, meters);
    }
    return sender;
  }

  /** Gives what waits a few seconds to be delivered, then drops it. */
  @Override
  public void close() {
    WebhookSender open;
    synchronized (this) {
      closed = true;
      open = sender;
    }
    if (open != null) {
      open.close();
    }
  }
}
