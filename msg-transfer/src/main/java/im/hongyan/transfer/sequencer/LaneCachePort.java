package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.redis.LaneBatch;
import im.hongyan.messagelog.redis.LaneCache.Candidate;
import im.hongyan.messagelog.redis.LaneCache.Read;
import im.hongyan.messagelog.redis.LaneCache.Top;
import im.hongyan.messagelog.redis.LaneState;
import java.util.List;
import java.util.Map;

/**
 * What the owner of a lane asks of Redis; each call is one moment. The meaning of each is that of
 * {@link im.hongyan.messagelog.redis.LaneCache}. Safe for use by several threads; failures are
 * thrown as {@link im.hongyan.wire.error.ImException} 500.
 */
public interface LaneCachePort {
  /** What Redis says of the lane. */
  LaneState state(int lane);

  /** Makes a batch visible; false, with nothing changed, where the lane is not as expected. */
  boolean apply(int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim);

  /** Loads records under a generation that nobody reads yet, behind others of that size. */
  void load(int lane, String generation, int loadedBefore, LaneBatch batch);

  /**
   * Lets a loaded generation take over; false where the lane's state is not what it was, or where
   * Redis has lost some of what was loaded.
   */
  boolean publish(int lane, LaneState next, int loaded, LaneState replaced, long lastInbound);

  /** Names the server that holds the lane. */
  String server(int lane);

  /**
   * Accepts sends again; false, with nothing changed, where the lane or its server is not as
   * expected.
   */
  boolean open(int lane, LaneState expected, String server);

  /** Last seqs of conversations; those that Redis does not know are left out. */
  Read<Map<String, Top>> seqs(int lane, String generation, List<String> conversations);

  /** Seqs in the resend windows of these messages, 0 where there is none. */
  Read<List<Long>> windowed(
      int lane, String generation, List<Candidate> candidates, long nowMillis);

  /** A fresh name for a generation. */
  String newGeneration();
}
