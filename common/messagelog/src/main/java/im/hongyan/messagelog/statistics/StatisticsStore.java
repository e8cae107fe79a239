package im.hongyan.messagelog.statistics;

import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counts as their follower of the log writes them. A lane has one writer at a time; safe for
 * use by several threads otherwise.
 */
public interface StatisticsStore {
  /** The follower's name in {@code sequence_position}. */
  String FOLLOWER = "statistics";

  /** The position of a lane's follower. */
  FollowerPosition position(int lane);

  /**
   * Counts what a stretch of the log brings, and moves the position with it. What was counted from
   * history is passed over.
   *
   * @return false when another follower moved the position meanwhile
   */
  boolean append(int lane, long expectedOffset, FollowerPosition next, List<SentMessage> messages);

  /** Begins to follow a lane. */
  void begin(int lane);

  /**
   * One bounded step of the work that keeps questions fast; the counts stay the same.
   *
   * @param nowMillis the time, by which days are over
   * @return whether there is more to do
   */
  boolean tidy(int lane, long nowMillis);

  /**
   * How far a lane was counted from history.
   *
   * @param conversationId the last that was looked at; empty before the first
   * @param seq of its last message; the largest number where that is all of it
   */
  record Counted(String conversationId, long seq, boolean done) {
    /** Before the first. */
    public static final Counted NOTHING = new Counted("", 0, false);
  }

  /** How far a lane was counted; null where that has not begun. */
  @Nullable Counted counted(int lane);

  /**
   * One bounded step of forgetting all that a lane has counted.
   *
   * @return whether nothing is left
   */
  boolean forget(int lane);

  /**
   * Puts a lane of which nothing is counted to the position from which on it will follow the log
   * once all that history holds is counted.
   */
  void restart(int lane, FollowerPosition at);

  /**
   * Counts what history holds, and keeps how far that is.
   *
   * @param from how far it was
   * @param historyOffset where history's own follower is by now, read after the messages
   * @throws im.hongyan.wire.error.StoreUnavailableException when another follower counts as well
   */
  void fill(
      int lane, Counted from, Counted reached, List<SentMessage> messages, long historyOffset);
}
