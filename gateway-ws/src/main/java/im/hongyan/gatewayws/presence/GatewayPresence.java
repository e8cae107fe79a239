package im.hongyan.gatewayws.presence;

import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.presence.PresenceReader;
import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.wire.error.ImException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all gateways publish of their users, as this gateway sees it. Methods block. Thread-safe.
 */
public final class GatewayPresence implements OnlineStatus {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayPresence.class);

  private final ServiceLocator locator;
  private final PresenceReader reader;
  private final String self;

  /**
   * Creates a view.
   *
   * @param self node id of this gateway
   */
  public GatewayPresence(ServiceLocator locator, PresenceReader reader, String self) {
    this.locator = locator;
    this.reader = reader;
    this.self = self;
  }

  @Override
  public Known of(Collection<String> userIds) {
    Map<String, SortedSet<Integer>> platforms = new HashMap<>();
    userIds.forEach(user -> platforms.put(user, new TreeSet<>()));
    boolean complete = true;
    for (NodePresence node : reader.read(nodes(), userIds).values()) {
      complete &= node.complete();
      node.platforms()
          .forEach((user, there) -> {
            SortedSet<Integer> all = platforms.get(user);
            if (all != null) {
              all.addAll(there);
            }
          });
    }
    return new Known(platforms, complete);
  }

  private Set<String> nodes() {
    return locator.nodes(ServiceName.GATEWAY_WS).keySet();
  }

  /** The gateways whose users are all known now; what changes when one is killed or comes back. */
  Set<String> completeNodes() {
    Set<String> complete = new HashSet<>();
    reader
        .read(nodes(), List.of())
        .forEach((node, presence) -> {
          if (presence.complete()) {
            complete.add(node);
          }
        });
    return complete;
  }

  /** The other gateways that hold a user, or of which that is not known. */
  public Set<String> otherHolders(String userId) {
    Set<String> others = new HashSet<>(nodes());
    others.remove(self);
    if (others.isEmpty()) {
      return others;
    }
    try {
      Map<String, NodePresence> known = reader.read(others, List.of(userId));
      others.removeIf(node -> {
        NodePresence presence = known.get(node);
        return presence != null && presence.complete() && !presence.platforms().containsKey(userId);
      });
    } catch (ImException away) {
      LOG.debug("every gateway is asked: {}", away.detail());
    }
    return others;
  }
}
