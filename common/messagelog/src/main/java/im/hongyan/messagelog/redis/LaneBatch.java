package im.hongyan.messagelog.redis;

import im.hongyan.messagelog.redis.LaneCache.Candidate;
import im.hongyan.messagelog.redis.LaneCache.Numbered;
import im.hongyan.proto.sequencing.Mutation;
import java.util.List;

/**
 * What numbered records bring into Redis (docs/sequencing.md O7).
 *
 * @param copies stored copies with their seqs
 * @param mutations in log order; they come after the copies
 * @param answered messages whose ticket goes with them, beside those of the copies
 * @param lastInbound last inbound offset handled
 * @param historyOffset where the history writer stands; what it has is not shown from here
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

  /** Copies alone, which tell nothing of what was handled. */
  public static LaneBatch of(List<Numbered> copies) {
    return new LaneBatch(copies, List.of(), List.of(), -1, -1);
  }

  /** The same, with how far records are handled and history stands. */
  public LaneBatch at(long inbound, long history) {
    return new LaneBatch(copies, mutations, answered, inbound, history);
  }
}
