package im.hongyan.relation.storage;

import im.hongyan.relation.presence.PresenceStore;
import im.hongyan.stores.redis.PresenceReader;
import im.hongyan.stores.redis.PresenceReader.NodePresence;
import im.hongyan.stores.redis.PresenceReader.Page;
import im.hongyan.stores.redis.Redis;
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
