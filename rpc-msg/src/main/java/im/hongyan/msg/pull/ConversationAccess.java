package im.hongyan.msg.pull;

import im.hongyan.msg.pull.LaneReader.Top;

/**
 * What a user may read of a conversation.
 *
 * @param takesPart whether the user may read it at all
 * @param top its newest message
 * @param bounds the seqs that exist and that the user may read
 * @param cap last readable seq whatever there is, {@link Long#MAX_VALUE} for no bound
 * @param read how far the user has read
 */
public record ConversationAccess(boolean takesPart, Top top, Bounds bounds, long cap, long read) {
  /** The same with a newer top. */
  ConversationAccess at(Top newer) {
    return new ConversationAccess(
        takesPart, newer, new Bounds(bounds.lower(), Math.min(newer.seq(), cap)), cap, read);
  }

  /** Highest seq that the user may know of, 0 for none. */
  public long max() {
    return bounds.upper();
  }

  /** How far the user has read, as far as that is visible. */
  public long visibleRead() {
    // History may know of a message of the reader's own that is not visible yet.
    return Math.min(read, max());
  }
}
