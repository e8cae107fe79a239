package im.hongyan.msg.pull;

/**
 * The seqs that a user may read in a conversation (messaging.md 10.2, 13).
 *
 * @param lower first readable seq, 0 or 1 when nothing was cut off
 * @param upper last readable seq
 */
public record Bounds(long lower, long upper) {
  /** The first readable seq; seqs begin at 1. */
  public long first() {
    return Math.max(1, lower);
  }

  /** Whether there is nothing to read. */
  public boolean none() {
    return upper < first();
  }

  public boolean contains(long seq) {
    return seq >= first() && seq <= upper;
  }
}
