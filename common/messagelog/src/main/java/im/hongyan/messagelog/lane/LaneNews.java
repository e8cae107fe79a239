package im.hongyan.messagelog.lane;

import java.time.Duration;

/** That something of a lane has become visible. Safe for use by several threads. */
public interface LaneNews {
  /** How much news of a lane has come so far. */
  long count(int lane);

  /**
   * Waits until there is more news than that, or the time is over: some may be lost on the way, so
   * whoever waits looks then all the same.
   */
  void await(int lane, long seen, Duration most) throws InterruptedException;
}
