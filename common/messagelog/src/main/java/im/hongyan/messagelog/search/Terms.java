package im.hongyan.messagelog.search;

import java.nio.charset.StandardCharsets;

/**
 * The terms that messages are found by, as 64-bit numbers. The hash is ours and frozen: another one
 * needs another {@link SearchAnalyzer#FORMAT}, by which the index is built anew. Two texts may
 * share a number; who asks for words looks at the messages themselves. Stateless.
 */
public final class Terms {
  /** Of messages that were deleted for everybody; lower than every other term. */
  public static final long ERASED = Long.MIN_VALUE;

  /** Of every message of a chat. */
  public static final long ALL = Long.MIN_VALUE + 1;

  /** Of the first of each hundred messages of a chat. */
  public static final long FIRST_OF_HUNDRED = Long.MIN_VALUE + 2;

  private static final long FIRST_HASH = Long.MIN_VALUE + 16;

  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private Terms() {}

  /** A word, or one or two characters of Chinese, Japanese or Korean. */
  public static long word(CharSequence text) {
    long hash = (OFFSET_BASIS ^ 'w') * PRIME;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      hash = (hash ^ (c & 0xff)) * PRIME;
      hash = (hash ^ (c >>> 8)) * PRIME;
    }
    return mixed(hash);
  }

  /** Everything that a user has sent. */
  public static long sender(String userId) {
    return id('s', userId);
  }

  /** Everything that was sent to a user, or into a group. */
  public static long receiver(String id) {
    return id('r', id);
  }

  private static long id(char kind, String id) {
    long hash = (OFFSET_BASIS ^ kind) * PRIME;
    for (byte b : id.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return mixed(hash);
  }

  private static long mixed(long value) {
    long hash = value ^ (value >>> 32);
    hash *= 0x9e3779b97f4a7c15L;
    hash ^= hash >>> 29;
    return Math.max(FIRST_HASH, hash);
  }
}
