package im.hongyan.push.online;

import im.hongyan.presence.PresenceReader.NodePresence;
import java.util.Collection;
import java.util.Map;

/**
 * Which gateway holds whom. Safe for use by several threads; may block, and throws {@link
 * im.hongyan.wire.error.ImException} 500 when it does not answer.
 */
@FunctionalInterface
public interface Presence {
  /** What each of these gateways holds of these users; an entry for each gateway. */
  Map<String, NodePresence> read(Collection<String> nodeIds, Collection<String> userIds);
}
