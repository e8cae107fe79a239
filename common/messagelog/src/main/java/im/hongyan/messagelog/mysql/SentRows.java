package im.hongyan.messagelog.mysql;

import com.google.common.collect.Lists;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.messagelog.mysql.SentBlocks.Block;
import im.hongyan.messagelog.mysql.SentBlocks.Sent;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** The rows of statistics: packed messages, and counts by day. Stateless. */
final class SentRows {
  /** Blocks of any days, as the log came. */
  static final int OPEN = 0;

  /** Blocks of one day each. */
  static final int PACKED = 1;

  /** Blocks of one day each, which {@code sent_day} counts. */
  static final int COUNTED = 2;

  /** Open blocks are of any day. */
  static final long NO_DAY = 0;

  private static final int BLOCKS_A_STATEMENT = 100;

  private SentRows() {}

  /** Adds blocks behind those of a lane and day; the caller holds the lane. */
  static void insert(Handle handle, int lane, int state, long day, List<Block> blocks) {
    if (blocks.isEmpty()) {
      return;
    }
    long number =
        handle
            .createQuery(
                "SELECT COALESCE(MAX(block), 0) + 1 FROM sent_block"
                    + " WHERE lane = ? AND state = ? AND day = ?")
            .bind(0, lane)
            .bind(1, state)
            .bind(2, day)
            .mapTo(Long.class)
            .one();
    List<Object[]> rows = new ArrayList<>();
    for (Block block : blocks) {
      rows.add(
          new Object[] {
            lane,
            state,
            day,
            number + rows.size(),
            block.first(),
            block.last(),
            block.messages(),
            block.data()
          });
    }
    for (List<Object[]> some : Lists.partition(rows, BLOCKS_A_STATEMENT)) {
      Rows.insert(
          handle,
          "INSERT INTO sent_block"
              + " (lane, state, day, block, first_sent, last_sent, messages, data) VALUES",
          some,
          "");
    }
  }

  /** How many blocks of a day there are, and messages in them. */
  record Size(long day, int blocks, long messages) {}

  /** The blocks of a lane in a state, by day. */
  static List<Size> sizes(Handle handle, int lane, int state) {
    return handle
        .createQuery(
            "SELECT day, COUNT(*), SUM(messages) FROM sent_block WHERE lane = ? AND state = ?"
                + " GROUP BY day ORDER BY day")
        .bind(0, lane)
        .bind(1, state)
        .map((row, _) -> new Size(row.getLong(1), row.getInt(2), row.getLong(3)))
        .list();
  }

  /** Packs the oldest open blocks of a lane by day, at most so many. */
  static void pack(Handle handle, int lane, int most) {
    SentBlocks.byDay(take(handle, lane, OPEN, NO_DAY, most))
        .forEach((day, some) -> insert(handle, lane, PACKED, day, SentBlocks.of(some)));
  }

  /** Counts the oldest packed blocks of a day, at most so many. */
  static void count(Handle handle, int lane, long day, int most) {
    List<Sent> messages = take(handle, lane, PACKED, day, most);
    count(handle, lane, day, messages);
    insert(handle, lane, COUNTED, day, SentBlocks.of(messages));
  }

  /** Removes blocks and returns what they hold; another follower waits meanwhile. */
  private static List<Sent> take(Handle handle, int lane, int state, long day, int most) {
    List<Sent> messages = new ArrayList<>();
    List<Long> blocks =
        handle
            .createQuery(
                "SELECT block, data FROM sent_block WHERE lane = ? AND state = ? AND day = ?"
                    + " ORDER BY block LIMIT ? FOR UPDATE")
            .bind(0, lane)
            .bind(1, state)
            .bind(2, day)
            .bind(3, most)
            .map((row, _) -> {
              messages.addAll(SentBlocks.read(row.getBytes(2)));
              return row.getLong(1);
            })
            .list();
    if (blocks.isEmpty()) {
      return messages;
    }
    int removed =
        handle.execute(
            "DELETE FROM sent_block WHERE lane = ? AND state = ? AND day = ? AND block <= ?",
            lane,
            state,
            day,
            blocks.getLast());
    if (removed != blocks.size()) {
      throw new StoreUnavailableException("lane " + lane + " has another follower for statistics");
    }
    return messages;
  }

  /** Adds to the last part of a day while that is small, and begins new ones. */
  private static void count(Handle handle, int lane, long day, List<Sent> messages) {
    DayCounts counts = new DayCounts();
    messages.forEach(counts::add);
    int part =
        handle
            .createQuery(
                "SELECT part, data FROM sent_day WHERE lane = ? AND day = ?"
                    + " ORDER BY part DESC LIMIT 1 FOR UPDATE")
            .bind(0, lane)
            .bind(1, day)
            .map((row, _) -> counts.addSmall(row.getBytes(2)) ? row.getInt(1) : row.getInt(1) + 1)
            .findOne()
            .orElse(0);
    List<Object[]> rows = new ArrayList<>();
    for (byte[] data : counts.parts()) {
      rows.add(new Object[] {lane, day, part + rows.size(), data});
    }
    Rows.insert(
        handle,
        "INSERT INTO sent_day (lane, day, part, data) VALUES",
        rows,
        "ON DUPLICATE KEY UPDATE data = VALUES(data)");
  }
}
