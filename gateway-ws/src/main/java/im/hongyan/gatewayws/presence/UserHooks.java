package im.hongyan.gatewayws.presence;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.RegistryListener;
import im.hongyan.webhooks.UserEvent;
import im.hongyan.webhooks.Webhooks;
import java.time.InstantSource;

/**
 * Tells webhooks when a platform of a user comes or goes, and who is kicked (websocket.md 7.7); not
 * again when it was there already. The trace id is the connection's id. Safe for use by several
 * threads.
 */
public final class UserHooks implements RegistryListener {
  private final Webhooks webhooks;
  private final InstantSource clock;

  /** Creates hooks whose times are this clock's. */
  public UserHooks(Webhooks webhooks, InstantSource clock) {
    this.webhooks = webhooks;
    this.clock = clock;
  }

  @Override
  public void added(ClientConnection connection, boolean first) {
    if (first) {
      webhooks.tell(
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
      webhooks.tell(
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
    webhooks.tell(
        new UserEvent.KickOff(
            connection.id(), connection.platform().number(), connection.userId(), clock.millis()));
  }
}
