package im.hongyan.messagelog.statistics;

import java.util.List;
import java.util.SortedMap;

/** Asks for counts. Safe for use by several threads; blocks. */
public interface MessageStatistics {
  /** What messages are counted by. */
  enum By {
    /** Senders, of single chats alone. */
    SENDER_OF_SINGLE,
    /** Senders, of single chats and groups. */
    SENDER,
    /** Groups. */
    GROUP
  }

  /**
   * What is asked for.
   *
   * @param fromMillis the first moment
   * @param toMillis the moment behind the last
   * @param ascending whether those who sent least come first
   * @param skip so many of the first are left out
   * @param most at most so many are named
   */
  record Question(By by, long fromMillis, long toMillis, boolean ascending, long skip, int most) {}

  /** A sender or group, and how many messages it has. */
  record Count(String id, long messages) {}

  /**
   * What was counted.
   *
   * @param messages all of them
   * @param ids how many senders or groups they have
   * @param byDay by the UTC day, as {@code 2026-11-30}; days without messages are left out
   * @param page by messages, equal ones by id
   */
  record Answer(long messages, long ids, SortedMap<String, Long> byDay, List<Count> page) {
    /** Copies the list. */
    public Answer {
      page = List.copyOf(page);
    }
  }

  /**
   * Counts.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when there are more senders or groups than are
   *     counted at once
   */
  Answer count(Question question);
}
