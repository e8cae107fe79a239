package im.hongyan.messagelog.search;

import im.hongyan.proto.sequencing.FollowerPosition;

/**
 * The index as its follower of the log writes it. A lane has one writer at a time; safe for use by
 * several threads otherwise.
 */
public interface SearchStore {
  /** The follower's name in {@code sequence_position}. */
  String FOLLOWER = "search";

  /** The position of a lane's follower. */
  FollowerPosition position(int lane);

  /**
   * Adds what a stretch of the log brings, and the new position with it.
   *
   * @return false when another follower moved the position meanwhile
   */
  boolean append(int lane, long expectedOffset, FollowerPosition next, SearchBatch batch);

  /** Takes back what a follower of the lane had begun and nobody sees yet. */
  void begin(int lane);

  /**
   * One bounded step of the work that keeps the index fast; what is found stays the same.
   *
   * @return whether there is more to do
   */
  boolean tidy(int lane);

  /**
   * Forgets a part of a lane whose messages were all sent before a time and nobody may read any
   * more; one at a time.
   *
   * @return whether there was one
   */
  boolean forget(int lane, long sentBeforeMillis);

  /** How far a lane was built from history. */
  record Rebuild(String format, String conversationId, long seq, boolean done) {}

  /** The state of a lane's index; of a lane without one an empty format. */
  Rebuild rebuild(int lane);

  /**
   * Empties a lane's index, and puts it to the position of the log from which on it will follow
   * once it has what history holds.
   */
  void restart(int lane, String format, FollowerPosition at);

  /** Adds what history holds, and how far that is. */
  void fill(int lane, Rebuild reached, SearchBatch batch);
}
