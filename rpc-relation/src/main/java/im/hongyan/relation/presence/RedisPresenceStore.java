package im.hongyan.relation.presence;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.presence.PresenceReader;
import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.presence.PresenceReader.Page;
import java.util.Collection;
import java.util.Map;

/** Presence as the gateways keep it in Redis. */
public final class RedisPresenceStore implements PresenceStore {
  private final PresenceReader reader;

  /** Creates a store over the connection. */
  public RedisPresenceStore(Redis redis) {
    reader = new PresenceReader(redis);
  }

  @Override
  public Map<String, NodePresence> read(Collection<String> nodeIds, Collection<String> userIds) {
    return reader.read(nodeIds, userIds);
  }

  @Override
  public Page scan(String nodeId, long cursor, int count) {
    return reader.scan(nodeId, cursor, count);
  }
}
