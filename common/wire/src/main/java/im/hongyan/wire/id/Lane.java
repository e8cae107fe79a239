package im.hongyan.wire.id;

import java.nio.charset.StandardCharsets;

/**
 * Maps a conversation to its lane, that is, to the partition of both message topics that alone
 * orders it.
 *
 * <p>The hash is ours and frozen: the lane count and {@link #HASH_NAME} are stored at set-up, and a
 * deployment whose stored name differs must not start, since conversations would change owner.
 */
public final class Lane {
  /** Name stored at set-up beside the lane count. */
  public static final String HASH_NAME = "fnv1a64-mix-1";

  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private Lane() {}

  /** Lane of a conversation; twins such as {@code si_a_b} and {@code n_a_b} share one. */
  public static int of(ConversationId conversation, int laneCount) {
    return ofKey(conversation.key(), laneCount);
  }

  /**
   * Lane of a conversation key, see {@link ConversationId#key()}.
   *
   * @param laneCount number of lanes, at least 1
   */
  public static int ofKey(String key, int laneCount) {
    if (laneCount < 1) {
      throw new IllegalArgumentException("laneCount must be at least 1: " + laneCount);
    }
    long hash = OFFSET_BASIS;
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    hash ^= hash >>> 32;
    hash *= 0x9e3779b97f4a7c15L;
    hash ^= hash >>> 29;
    return (int) Long.remainderUnsigned(hash, laneCount);
  }
}
