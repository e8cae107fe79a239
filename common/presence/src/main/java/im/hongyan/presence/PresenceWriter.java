package im.hongyan.presence;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.proto.presence.PresenceChange;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one gateway publishes about its users (websocket.md 7). The node's users are online as long
 * as it writes or renews at least every 2 s: its hash in Redis ends by itself {@link
 * PresenceKeys#LEASE_MILLIS} after the last time.
 *
 * <p>A write says what it expects to find. Where Redis was emptied, went back in time or was taken
 * over by another incarnation of the node, or where nobody knows whether the last write arrived,
 * the writer answers "lost" and changes nothing: the gateway then registers everyone with {@link
 * #writeAll}.
 *
 * <p>Used by one thread at a time; blocks for at most 3 s a command. Where Redis does not answer,
 * methods throw {@link ImException} 500.
 */
public final class PresenceWriter {
  private static final RedisScript WRITE = new RedisScript("presence-write.lua");
  private static final RedisScript LEAVE = new RedisScript("presence-leave.lua");
  private static final int INCARNATION_BYTES = 8;
  private static final byte[] NOTHING = {};

  private final Redis redis;
  private final String nodeId;
  private final byte[] key;
  private final String incarnation;

  /** What Redis must hold for the next write; null while nobody knows what it holds. */
  private byte @Nullable [] marker;

  /** Never used twice, so that a write that arrives late meets another marker. */
  private long version;

  /** {@link #write} answers "lost" until everyone was registered. */
  public PresenceWriter(Redis redis, String nodeId) {
    this.redis = redis;
    this.nodeId = nodeId;
    key = PresenceKeys.node(nodeId);
    byte[] random = new byte[INCARNATION_BYTES];
    new SecureRandom().nextBytes(random);
    incarnation = HexFormat.of().formatHex(random);
  }

  /**
   * Sets the platforms on which users are connected here; an empty set is offline. Renews the lease
   * and notifies listeners.
   *
   * @return false where Redis has lost what was registered; then everyone must be registered anew
   * @throws IllegalArgumentException for an empty user id and a platform that is none
   */
  public boolean write(Map<String, Set<Integer>> changes) {
    if (changes.isEmpty()) {
      return renew();
    }
    for (List<Entry> chunk : chunks(changes)) {
      byte[] expected = marker;
      if (expected == null || !step(expected, true, chunk, change(ids(chunk)))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Lets the node's users stay online for another lease.
   *
   * @return false where Redis has lost what was registered
   */
  public boolean renew() {
    byte[] expected = marker;
    // Nothing changes but the lease, so one whose outcome is unknown may simply be repeated.
    if (expected != null && run(expected, expected, List.of(), NOTHING)) {
      return true;
    }
    marker = null;
    return false;
  }

  /**
   * Registers everyone, in place of whatever was there; users who are left out are offline. Until
   * it returns the node is incomplete, and listeners are notified at the end that any of its users
   * may have changed.
   *
   * @throws ImException 500 also when what was written got lost on the way; to be called again
   * @throws IllegalArgumentException for an empty user id and a platform that is none
   */
  public void writeAll(Map<String, Set<Integer>> everyone) {
    List<List<Entry>> chunks = chunks(everyone);
    byte[] expected = NOTHING;
    for (List<Entry> chunk : chunks) {
      expected = undisturbed(step(expected, false, chunk, NOTHING));
    }
    undisturbed(step(expected, true, List.of(), change(List.of())));
  }

  private byte[] undisturbed(boolean written) {
    byte[] next = marker;
    if (!written || next == null) {
      throw new StoreUnavailableException("registering the users of " + nodeId + " was disturbed");
    }
    return next;
  }

  /** Takes the node's users offline and notifies listeners; nothing where another took over. */
  public void leave() {
    marker = null;
    LEAVE.run(
        redis,
        List.of(key),
        List.of(RedisScript.bytes(incarnation), PresenceKeys.CHANNEL, change(List.of())));
  }

  private record Entry(String userId, byte[] value) {}

  private static List<List<Entry>> chunks(Map<String, Set<Integer>> users) {
    List<List<Entry>> chunks = new ArrayList<>();
    Iterator<Map.Entry<String, Set<Integer>>> rest = users.entrySet().iterator();
    while (rest.hasNext()) {
      List<Entry> chunk = new ArrayList<>();
      while (rest.hasNext() && chunk.size() < PresenceKeys.MAX_USERS) {
        Map.Entry<String, Set<Integer>> user = rest.next();
        if (user.getKey().isEmpty()) {
          throw new IllegalArgumentException("a user id is empty");
        }
        chunk.add(new Entry(user.getKey(), PresenceKeys.platforms(user.getValue())));
      }
      chunks.add(chunk);
    }
    return chunks;
  }

  private static List<String> ids(List<Entry> entries) {
    return entries.stream().map(Entry::userId).toList();
  }

  /** Without users, any of the node's may have changed. */
  private byte[] change(List<String> userIds) {
    return PresenceKeys.change(
        PresenceChange.newBuilder().setNodeId(nodeId).addAllUserIds(userIds).build());
  }

  /** Writes under a new marker, which is believed in only once Redis has said so. */
  private boolean step(byte[] expected, boolean complete, List<Entry> entries, byte[] change) {
    marker = null;
    byte[] next = PresenceKeys.marker(complete, incarnation, ++version);
    if (!run(expected, next, entries, change)) {
      return false;
    }
    marker = next;
    return true;
  }

  private boolean run(byte[] expected, byte[] next, List<Entry> entries, byte[] change) {
    List<byte[]> arguments = new ArrayList<>(5 + entries.size() * 2);
    arguments.add(expected);
    arguments.add(next);
    arguments.add(RedisScript.bytes(PresenceKeys.LEASE_MILLIS));
    arguments.add(PresenceKeys.CHANNEL);
    arguments.add(change);
    for (Entry entry : entries) {
      arguments.add(RedisScript.bytes(entry.userId()));
      arguments.add(entry.value());
    }
    return (Long) WRITE.run(redis, List.of(key), arguments).getFirst() == 1;
  }
}
