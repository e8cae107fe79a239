package im.hongyan.messagelog.lane;

import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.LaneCache.Numbered;
import im.hongyan.proto.sequencing.Mutation;
import java.util.List;

/**
 * What numbered records bring into Redis (docs/sequencing.md O7).
 *
 * @param copies stored copies with their seqs
 * @param mutations in log order; they come after the copies
 * @param answered messages whose ticket goes with them, beside those of the copies
 * @param lastInbound last inbound offset handled
 * @param historyOffset the history writer's position; what it has is not shown from here
 */
public record LaneBatch(
    List<Numbered> copies,
    List<Placed> mutations,
    List<Candidate> answered,
    long lastInbound,
    long historyOffset) {
  /** A mutation and the offset of its record. */
  public record Placed(long offset, Mutation mutation) {}

  /** Copies the lists. */
  public LaneBatch {
    copies = List.copyOf(copies);
    mutations = List.copyOf(mutations);
    answered = List.copyOf(answered);
  }

  /** How much there is in it. */
  public int size() {
    return copies.size() + mutations.size() + answered.size();
  }
}
