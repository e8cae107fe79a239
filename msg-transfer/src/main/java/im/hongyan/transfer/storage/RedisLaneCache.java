package im.hongyan.transfer.storage;

import im.hongyan.messagelog.redis.LaneBatch;
import im.hongyan.messagelog.redis.LaneCache;
import im.hongyan.messagelog.redis.LaneCache.Candidate;
import im.hongyan.messagelog.redis.LaneCache.Read;
import im.hongyan.messagelog.redis.LaneCache.Top;
import im.hongyan.messagelog.redis.LaneState;
import im.hongyan.transfer.sequencer.LaneCachePort;
import java.util.List;
import java.util.Map;

/** The lanes' part of Redis. Safe for use by several threads. */
public record RedisLaneCache(LaneCache cache) implements LaneCachePort {
  @Override
  public LaneState state(int lane) {
    return cache.state(lane);
  }

  @Override
  public boolean apply(
      int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim) {
    return cache.apply(lane, expected, newPosition, batch, trim);
  }

  @Override
  public void load(int lane, String generation, int loadedBefore, LaneBatch batch) {
    cache.load(lane, generation, loadedBefore, batch);
  }

  @Override
  public boolean publish(
      int lane, LaneState next, int loaded, LaneState replaced, long lastInbound) {
    return cache.publish(lane, next, loaded, replaced, lastInbound);
  }

  @Override
  public String server(int lane) {
    return cache.server(lane);
  }

  @Override
  public boolean open(int lane, LaneState expected, String server) {
    return cache.open(lane, expected, server);
  }

  @Override
  public Read<Map<String, Top>> seqs(int lane, String generation, List<String> conversations) {
    return cache.seqs(lane, generation, conversations);
  }

  @Override
  public Read<List<Long>> windowed(
      int lane, String generation, List<Candidate> candidates, long nowMillis) {
    return cache.windowed(lane, generation, candidates, nowMillis);
  }

  @Override
  public String newGeneration() {
    return LaneCache.newGeneration();
  }
}
