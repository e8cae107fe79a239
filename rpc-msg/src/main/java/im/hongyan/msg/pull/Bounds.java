package im.hongyan.msg.pull;

/**
 * The seqs that a user may read in a conversation.
 *
 * @param lower first readable seq, 0 or 1 when nothing was cut off
 * @param upper last readable seq
 */
record Bounds(long lower, long upper) {
  /**
   * What a user's rows allow.
   *
   * @param cap last readable seq, 0 for no bound
   */
  static Bounds window(long lower, long cap) {
    return new Bounds(lower, cap > 0 ? cap : Long.MAX_VALUE);
  }

  /** The part of them that a conversation has, up to its highest seq. */
  Bounds below(long top) {
    return new Bounds(lower, Math.min(upper, top));
  }

  boolean contains(long seq) {
    return seq >= Math.max(1, lower) && seq <= upper;
  }
}
