package im.hongyan.messagelog.kafka;

import im.hongyan.messagelog.lane.LaneFaultException;
import java.util.Optional;

/**
 * Where a follower of a lane starts, held against what the log still has (docs/sequencing.md,
 * Retention).
 *
 * @param from offset that it would read first
 * @param handled last offset whose record it does not need any more; {@code from} may lie below
 * @param passesOver whether it goes on without records that are gone, since readers find them
 *     elsewhere
 */
public record LaneStart(long from, long handled, boolean passesOver) {
  /** The lane cannot start yet; it is asked again soon. */
  public static final LaneStart NOT_YET = new LaneStart(-1, -1, false);

  /** As above, but not before a pause: what the lane waits for takes longer. */
  public static final LaneStart LATER = new LaneStart(-2, -2, false);

  /** Of one that needs every record from an offset on. */
  public static LaneStart at(long from) {
    return new LaneStart(from, from - 1, false);
  }

  /**
   * The offset to begin at.
   *
   * @param topic with {@code lane} named in the fault
   * @param begin offset of the oldest record that is kept
   * @param end offset that the next record will get
   * @throws LaneFaultException when the log lacks records that are needed
   */
  public long within(String topic, int lane, long begin, long end) {
    if (end <= handled) {
      throw new LaneFaultException(
          "lane %d: %s ends before record %d, but records up to %d were handled: the log was lost or"
                  .formatted(lane, topic, end, handled)
              + " restored from a copy; see docs/operations/recovery.md");
    }
    if (begin > handled + 1 && !passesOver) {
      throw new LaneFaultException(
          "lane %d: records %d to %d are gone from %s, and not handled yet;"
                  .formatted(lane, handled + 1, begin - 1, topic)
              + " see docs/operations/recovery.md");
    }
    return Math.max(from, begin);
  }

  /** What is passed over, for the operator; empty where nothing is. */
  Optional<String> passedOver(String topic, int lane, long begin) {
    return begin > handled + 1
        ? Optional.of(
            "lane %d: records %d to %d are gone from %s and are passed over"
                .formatted(lane, handled + 1, begin - 1, topic))
        : Optional.empty();
  }
}
