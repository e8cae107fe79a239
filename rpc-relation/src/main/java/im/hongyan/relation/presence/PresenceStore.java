package im.hongyan.relation.presence;

import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.presence.PresenceReader.Page;
import java.util.Collection;
import java.util.Map;

/**
 * What the gateways publish of their users. Safe for use by several threads; may block, and throws
 * {@link im.hongyan.wire.error.ImException} 500 when it does not answer.
 */
public interface PresenceStore {
  /** Where these users are connected, by node; an entry for each node. */
  Map<String, NodePresence> read(Collection<String> nodeIds, Collection<String> userIds);

  /** Some of a node's users, about as many as {@code count}; cursor 0 begins and ends. */
  Page scan(String nodeId, long cursor, int count);
}
