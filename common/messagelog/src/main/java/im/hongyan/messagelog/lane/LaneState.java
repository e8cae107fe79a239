package im.hongyan.messagelog.lane;

/**
 * What Redis says of a lane.
 *
 * @param generation names the lane's keys; empty when Redis knows nothing of the lane
 * @param position offset of the last sequenced record applied, -1 when unknown
 * @param open whether sends are accepted: not on a server that may have lost tickets, which one
 *     that was started again may
 * @param completeSinceMillis since when the resend windows hold everything; 0 for always
 */
public record LaneState(String generation, long position, boolean open, long completeSinceMillis) {
  /** Redis knows nothing. */
  public static final LaneState ABSENT = new LaneState("", -1, false, Long.MAX_VALUE);

  /** Whether Redis knows the lane. */
  public boolean present() {
    return !generation.isEmpty();
  }
}
