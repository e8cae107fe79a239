package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneState;
import org.jspecify.annotations.Nullable;

/**
 * A lane whose tickets may be lost, so that sends wait (docs/sequencing.md O3): until all is
 * numbered that im-inbound held after the loss.
 *
 * @param behind the last inbound offset that must be numbered before
 * @param server where the lane was then: after another loss more may wait
 */
record Reopening(long behind, String server) {
  /**
   * Opens a closed lane at once where nothing waits, else reports what does; null for an open one.
   */
  static @Nullable Reopening begin(int lane, LaneStores stores, Tail tail, LaneState state) {
    if (state.open()) {
      return null;
    }
    // The server first and the end afterwards: what was accepted before its start lies before that.
    String server = stores.cache().server(lane);
    long last;
    try (LaneLog inbound = stores.log().inbound(lane)) {
      last = inbound.end() - 1;
    }
    Reopening reopening = new Reopening(last, server);
    return reopening.end(lane, stores, tail, state) ? null : reopening;
  }

  /**
   * Opens the lane if all that waited is numbered and visible.
   *
   * @return whether it was tried; an owner looks again and again whether its lane is open
   */
  boolean end(int lane, LaneStores stores, Tail tail, LaneState state) {
    if (tail.lastInbound() < behind) {
      return false;
    }
    stores.cache().open(lane, state, server);
    return true;
  }
}
