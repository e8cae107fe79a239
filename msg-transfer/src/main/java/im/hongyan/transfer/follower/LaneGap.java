package im.hongyan.transfer.follower;

import im.hongyan.messagelog.lane.LaneFaultException;

/**
 * Records that are gone from a lane's log and that history does not have.
 *
 * @param after offset up to which history has everything
 * @param begin offset of the oldest record that is kept
 */
record LaneGap(int lane, long after, long begin) {
  /** For the operator: what is gone, why it is not made good, and what can be done. */
  LaneFaultException fault(String why, AcceptedLosses accepted) {
    return new LaneFaultException(
        "lane %d: records %d to %d are gone from im-sequenced, and history lacks them: %s; %s; see %s"
            .formatted(
                lane,
                after + 1,
                begin - 1,
                why,
                accepted.advice(lane, begin),
                "docs/operations/recovery.md"));
  }
}
