package im.hongyan.gatewayws.presence;

import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.presence.PresenceReader;
import im.hongyan.proto.presence.PresenceChange;
import java.time.Duration;
import java.util.Set;

/**
 * Brings the status watch what changes: what gateways publish, and, once a second, which gateways
 * are there at all, since a killed one publishes nothing. Its creator closes it.
 */
public final class PresenceChangeFeed implements AutoCloseable {
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final GatewayPresence presence;
  private final OnlineStatusSubscriptions watch;
  private final Periodic looks;
  private Set<String> known = Set.of();

  /** Begins to look at the gateways. */
  public PresenceChangeFeed(GatewayPresence presence, OnlineStatusSubscriptions watch) {
    this.presence = presence;
    this.watch = watch;
    looks = Periodic.every(LOOK, "gateways-watch", this::look);
  }

  /** Listens to what gateways publish, until the result is closed. */
  public AutoCloseable listen(PresenceReader reader) {
    return reader.listen(this::published, watch::allChanged);
  }

  /** A change without users means that all of the node's users may have changed. */
  private void published(PresenceChange change) {
    if (change.getUserIdsCount() == 0) {
      watch.allChanged();
    } else {
      watch.changed(change.getUserIdsList());
    }
  }

  private void look() {
    Set<String> now = presence.completeNodes();
    if (!now.equals(known)) {
      watch.allChanged();
    }
    known = now;
  }

  @Override
  public void close() {
    looks.close();
  }
}
