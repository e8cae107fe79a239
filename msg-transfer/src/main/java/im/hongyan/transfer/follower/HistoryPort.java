package im.hongyan.transfer.follower;

import im.hongyan.messagelog.mysql.HistoryStore.Changes;
import im.hongyan.proto.sequencing.FollowerPosition;

/** Where the history writer writes; {@link im.hongyan.messagelog.mysql.HistoryStore} says how. */
public interface HistoryPort {
  /** Where the writer of a lane stands. */
  FollowerPosition position(int lane);

  /**
   * Writes changes and the new position in one transaction; false, with nothing written, when
   * another writer moved the position meanwhile.
   */
  boolean append(int lane, long expectedOffset, FollowerPosition next, Changes changes);
}
