package im.hongyan.gatewayws.presence;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.RegistryListener;
import im.hongyan.webhooks.UserEvent;
import im.hongyan.webhooks.Webhooks;
import java.time.InstantSource;

/**
 * Posts to webhooks when a platform of a user comes or goes, and who is kicked (websocket.md 7.7);
 * not again when it was there already. The trace id is the connection's id. Safe for use by several
 * threads.
 */
public final class UserHooks implements RegistryListener {
  private final Webhooks webhooks;
  private final InstantSource clock;

  /** Hooks whose events carry this clock's time. */
  public UserHooks(Webhooks webhooks, InstantSource clock) {
    this.webhooks = webhooks;
    this.clock = clock;
  }

  @Override
  public void added(ClientConnection connection, boolean first) {
    if (first) {
      webhooks.post(
          new UserEvent.Online(
              connection.id(),
              connection.platform().number(),
              connection.userId(),
              clock.millis(),
              connection.background(),
              connection.id()));
    }
  }

  @Override
  public void removed(ClientConnection connection, boolean last) {
    if (last) {
      webhooks.post(
          new UserEvent.Offline(
              connection.id(),
              connection.platform().number(),
              connection.userId(),
              clock.millis(),
              connection.id()));
    }
  }

  /** A newer login, or an administrator, ended a connection. */
  public void kicked(ClientConnection connection) {
    webhooks.post(
        new UserEvent.KickOff(
            connection.id(), connection.platform().number(), connection.userId(), clock.millis()));
  }
}
