package im.hongyan.presence;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.proto.presence.PresenceChange;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import io.lettuce.core.KeyValue;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who is online where, as the gateways publish it with {@link PresenceWriter} (websocket.md 7).
 * Safe for use by several threads; blocks for at most 3 s. Where Redis does not answer, methods
 * throw {@link ImException} 500.
 */
public final class PresenceReader {
  private static final byte[] NO_MARKER = {};

  private final Redis redis;

  /** Uses the connection; its owner closes it. */
  public PresenceReader(Redis redis) {
    this.redis = redis;
  }

  /**
   * What a gateway has published.
   *
   * @param complete whether all its users are known; otherwise nothing follows from an absent one
   * @param platforms platform ids, ascending, of those users asked for who are connected there
   */
  public record NodePresence(boolean complete, Map<String, Set<Integer>> platforms) {
    /** Copies the map. */
    public NodePresence {
      platforms = Map.copyOf(platforms);
    }
  }

  /**
   * Some of a gateway's users.
   *
   * @param cursor where to go on; 0 at the end
   * @param platforms platform ids, ascending
   */
  public record Page(long cursor, Map<String, Set<Integer>> platforms) {
    /** Copies the map. */
    public Page {
      platforms = Map.copyOf(platforms);
    }
  }

  /** Where these users are connected; an entry for each node, also for those that have none. */
  public Map<String, NodePresence> read(Collection<String> nodeIds, Collection<String> userIds) {
    List<byte[][]> fields = fields(userIds);
    Map<String, List<RedisFuture<List<KeyValue<byte[], byte[]>>>>> asked = new LinkedHashMap<>();
    for (String nodeId : nodeIds) {
      byte[] key = PresenceKeys.node(nodeId);
      asked.computeIfAbsent(
          nodeId, _ -> fields.stream().map(chunk -> redis.commands().hmget(key, chunk)).toList());
    }
    Map<String, NodePresence> nodes = new LinkedHashMap<>();
    asked.forEach((nodeId, answers) -> nodes.put(nodeId, presence(answers)));
    return nodes;
  }

  /** The fields of each command: the marker first, which is asked for again with every chunk. */
  private static List<byte[][]> fields(Collection<String> userIds) {
    Set<String> distinct = new LinkedHashSet<>(userIds);
    distinct.remove("");
    List<byte[]> ids = distinct.stream().map(RedisScript::bytes).toList();
    List<byte[][]> chunks = new ArrayList<>();
    int from = 0;
    do {
      int to = Math.min(ids.size(), from + PresenceKeys.MAX_USERS);
      List<byte[]> chunk = new ArrayList<>(1 + to - from);
      chunk.add(PresenceKeys.MARKER);
      chunk.addAll(ids.subList(from, to));
      chunks.add(chunk.toArray(byte[][]::new));
      from = to;
    } while (from < ids.size());
    return chunks;
  }

  private static NodePresence presence(List<RedisFuture<List<KeyValue<byte[], byte[]>>>> answers) {
    boolean complete = true;
    Map<String, Set<Integer>> platforms = new HashMap<>();
    for (var answer : answers) {
      List<KeyValue<byte[], byte[]>> fields = Redis.await(answer);
      complete &= PresenceKeys.isComplete(fields.getFirst().getValueOrElse(NO_MARKER));
      for (KeyValue<byte[], byte[]> field : fields.subList(1, fields.size())) {
        field.ifHasValue(value -> put(platforms, field.getKey(), value));
      }
    }
    return new NodePresence(complete, platforms);
  }

  private static void put(Map<String, Set<Integer>> platforms, byte[] userId, byte[] value) {
    platforms.put(new String(userId, StandardCharsets.UTF_8), PresenceKeys.platforms(value));
  }

  /**
   * Lists a gateway's users page by page. Who is there from the first page to the last is listed at
   * least once; others may be.
   *
   * @param cursor 0 to begin, then that of the page before
   * @param count about how many users to look at
   */
  public Page scan(String nodeId, long cursor, int count) {
    MapScanCursor<byte[], byte[]> found =
        Redis.await(
            redis
                .commands()
                .hscan(
                    PresenceKeys.node(nodeId),
                    ScanCursor.of(Long.toUnsignedString(cursor)),
                    ScanArgs.Builder.limit(count)));
    Map<String, Set<Integer>> platforms = new HashMap<>();
    found
        .getMap()
        .forEach((id, value) -> {
          if (id.length > 0) {
            put(platforms, id, value);
          }
        });
    long next = found.isFinished() ? 0 : Long.parseUnsignedLong(found.getCursor());
    return new Page(next, platforms);
  }

  /**
   * Subscribes to changes, on a connection of its own, until the result is closed. A change that
   * names no users says that any of its node's may have changed. A node whose lease ends publishes
   * nothing.
   *
   * @param change called for each change, by one thread, in the order published; may block
   * @param missed called by the same thread when changes may have been missed: after each
   *     subscription, the first included, and when {@code change} was too slow
   */
  public AutoCloseable listen(Consumer<PresenceChange> change, Runnable missed) {
    try {
      return PresenceListener.open(redis.subscriptions(), change, missed);
    } catch (RedisException e) {
      throw new StoreUnavailableException("Redis does not answer: " + e.getMessage(), e);
    }
  }
}
