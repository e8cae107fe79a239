package im.hongyan.messagelog.lane;

import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Everything that Redis holds of a lane under a generation, for a store that lost its place in the
 * log (docs/sequencing.md, Retention). An answer is whole only where the generation is still the
 * lane's own afterwards, which the caller checks. Slow, since it walks over all keys. Safe for use
 * by several threads.
 */
public interface LaneContents {
  /**
   * The last messages of all conversations that had one in the last seven days.
   *
   * @throws ImException 500 when Redis does not answer
   */
  Map<String, Top> tops(int lane, String generation);

  /**
   * How far users have read, conversation by conversation.
   *
   * @throws ImException 500 when Redis does not answer
   */
  void reads(int lane, String generation, Consumer<List<ReadMark>> sink);

  /**
   * What mutations brought whose records lie between two offsets, neither of them included.
   * Together they leave in history what the mutations themselves would, as far as they are not two
   * hours old. Where a later one has gone further, that one is the log's and is left out.
   *
   * @throws ImException 500 when Redis does not answer, or holds what nobody can read
   */
  void mutations(int lane, String generation, long after, long before, Consumer<Mutation> sink);
}
