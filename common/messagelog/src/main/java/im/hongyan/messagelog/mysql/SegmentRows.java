package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.messagelog.search.PostingBlocks.Block;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The rows of the index of words: segments and their blocks. Stateless. */
final class SegmentRows {
  static final int IN_WORK = 0;
  static final int READ = 1;
  static final int REPLACED = 2;

  private static final int BLOCKS_PER_STATEMENT = 100;

  private SegmentRows() {}

  /**
   * A part of the index.
   *
   * @param place order among those of its lane
   * @param messages how many it holds
   * @param minSent when the earliest of them was sent
   */
  record Segment(int lane, long number, long place, int messages, long minSent, long maxSent) {}

  /** What a lane's next segment is called; the caller holds the lane. */
  static long nextNumber(Handle handle, int lane) {
    return handle
        .createQuery("SELECT COALESCE(MAX(segment), 0) + 1 FROM search_segment WHERE lane = ?")
        .bind(0, lane)
        .mapTo(Long.class)
        .one();
  }

  static void insert(Handle handle, Segment segment, int state) {
    handle.execute(
        "INSERT INTO search_segment (lane, segment, place, state, messages, min_sent, max_sent)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        segment.lane(),
        segment.number(),
        segment.place(),
        state,
        segment.messages(),
        segment.minSent(),
        segment.maxSent());
  }

  static void insert(Handle handle, int lane, long segment, List<Block> blocks) {
    for (List<Block> some : Lists.partition(blocks, BLOCKS_PER_STATEMENT)) {
      Rows.insert(
          handle,
          "INSERT INTO search_block (lane, segment, last_term, block, data) VALUES",
          some.stream()
              .map(block ->
                  new Object[] {lane, segment, block.lastTerm(), block.number(), block.data()})
              .toList(),
          "");
    }
  }

  /** The segments of lanes that are in a state, in their order. */
  static List<Segment> segments(Handle handle, Collection<Integer> lanes, int state) {
    return handle
        .createQuery(
            "SELECT lane, segment, place, messages, min_sent, max_sent FROM search_segment"
                + " WHERE lane IN (<lanes>) AND state = :state ORDER BY lane, place, segment")
        .bindList("lanes", List.copyOf(lanes))
        .bind("state", state)
        .map((row, _) ->
            new Segment(
                row.getInt(1),
                row.getLong(2),
                row.getLong(3),
                row.getInt(4),
                row.getLong(5),
                row.getLong(6)))
        .list();
  }

  /** Changes a segment's state; false where it is not in the one before. */
  static boolean turn(Handle handle, int lane, long segment, int from, int to) {
    return handle.execute(
            "UPDATE search_segment SET state = ? WHERE lane = ? AND segment = ? AND state = ?",
            to,
            lane,
            segment,
            from)
        == 1;
  }

  /** Whether a segment is still being made; then nobody else takes it back before the end. */
  static boolean isInWork(Handle handle, int lane, long segment) {
    return handle
        .createQuery("SELECT state FROM search_segment WHERE lane = ? AND segment = ? FOR UPDATE")
        .bind(0, lane)
        .bind(1, segment)
        .mapTo(Integer.class)
        .findOne()
        .filter(state -> state == IN_WORK)
        .isPresent();
  }

  /** The next blocks of a segment behind one of them. */
  static List<Block> blocks(
      Handle handle, int lane, long segment, long fromTerm, int behind, int limit) {
    return handle
        .createQuery(
            "SELECT block, last_term, data FROM search_block WHERE lane = ? AND segment = ?"
                + " AND last_term >= ? AND block > ? ORDER BY last_term, block LIMIT ?")
        .bind(0, lane)
        .bind(1, segment)
        .bind(2, fromTerm)
        .bind(3, behind)
        .bind(4, limit)
        .map((row, _) -> new Block(row.getInt(1), row.getLong(2), row.getBytes(3)))
        .list();
  }

  /** Removes blocks of a segment, and itself with the last one. */
  static boolean remove(Handle handle, int lane, long segment, int limit) {
    int removed =
        handle.execute(
            "DELETE FROM search_block WHERE lane = ? AND segment = ? ORDER BY last_term, block"
                + " LIMIT ?",
            lane,
            segment,
            limit);
    if (removed == limit) {
      return false;
    }
    handle.execute("DELETE FROM search_segment WHERE lane = ? AND segment = ?", lane, segment);
    return true;
  }
}
