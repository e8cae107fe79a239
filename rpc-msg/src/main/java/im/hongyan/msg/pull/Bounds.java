package im.hongyan.msg.pull;

/**
 * The seqs that a user may read in a conversation.
 *
 * @param lower first readable seq, 0 or 1 when nothing was cut off
 * @param upper last readable seq
 */
record Bounds(long lower, long upper) {
  boolean contains(long seq) {
    return seq >= Math.max(1, lower) && seq <= upper;
  }
}
