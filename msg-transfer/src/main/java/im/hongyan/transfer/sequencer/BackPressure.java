package im.hongyan.transfer.sequencer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * When sequencing of a lane waits for the history writer (docs/sequencing.md, Back-pressure):
 * bodies stay in Redis until history has them, so history may not fall behind without end. Sends
 * are still accepted. Single-threaded.
 */
final class BackPressure {
  private static final long MOST_RECORDS = 500_000;
  private static final Duration LONGEST = Duration.ofHours(1);

  /** How finely the age of what history lacks is known. */
  private static final Duration GRAIN = Duration.ofSeconds(10);

  private record Mark(long offset, long millis) {}

  /** Where the log stood at some moments, the oldest first, only those that history lacks. */
  private final Deque<Mark> marks = new ArrayDeque<>();

  /**
   * Whether no more is to be taken now.
   *
   * @param lastOffset of the lane in im-sequenced
   * @param historyOffset up to which history has it
   */
  boolean pauses(long lastOffset, long historyOffset, long nowMillis) {
    while (!marks.isEmpty() && marks.getFirst().offset() <= historyOffset) {
      marks.removeFirst();
    }
    boolean behind = historyOffset < lastOffset;
    if (behind
        && (marks.isEmpty()
            || (marks.getLast().offset() < lastOffset
                && marks.getLast().millis() <= nowMillis - GRAIN.toMillis()))) {
      marks.addLast(new Mark(lastOffset, nowMillis));
    }
    long oldest = marks.isEmpty() ? nowMillis : marks.getFirst().millis();
    return lastOffset - historyOffset >= MOST_RECORDS || nowMillis - oldest >= LONGEST.toMillis();
  }
}
