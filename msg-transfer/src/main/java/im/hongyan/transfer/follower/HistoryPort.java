package im.hongyan.transfer.follower;

import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.stores.mysql.HistoryStore.ReadMark;
import im.hongyan.stores.mysql.HistoryStore.Row;
import java.util.List;

/** Where the history writer writes; {@link im.hongyan.stores.mysql.HistoryStore} says how. */
public interface HistoryPort {
  /** Where the writer of a lane stands. */
  FollowerPosition position(int lane);

  /**
   * Writes rows, read marks and the new position in one transaction; false, with nothing written,
   * when another writer moved the position meanwhile.
   */
  boolean append(
      int lane, long expectedOffset, FollowerPosition next, List<Row> rows, List<ReadMark> marks);
}
