package im.hongyan.simulation;

import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneState;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** A lane's part of Redis as one process meets it: each call is a moment of its own. */
class ActorCache implements LaneCache {
  final World world;
  private final Actor actor;

  ActorCache(World world, Actor actor) {
    this.world = world;
    this.actor = actor;
  }

  /** Before each call: others may go on, or the call may fail. */
  void pass() {
    actor.point();
  }

  @Override
  public LaneState state(int lane) {
    pass();
    return world.redis.state();
  }

  @Override
  public String server(int lane) {
    pass();
    return world.redis.server();
  }

  @Override
  public Admissions admit(
      int lane, LaneState known, long leastPosition, List<Candidate> candidates, long nowMillis) {
    pass();
    return world.redis.admit(known, leastPosition, candidates.getFirst());
  }

  @Override
  public boolean apply(
      int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim) {
    pass();
    return world.redis.apply(expected, newPosition, batch.copies());
  }

  @Override
  public void load(int lane, String generation, int loadedBefore, LaneBatch batch) {
    pass();
    world.redis.load(generation, loadedBefore, batch);
  }

  @Override
  public boolean publish(
      int lane, LaneState next, int loaded, LaneState replaced, long lastInbound) {
    pass();
    return world.redis.publish(next, loaded, replaced);
  }

  @Override
  public long lastInbound(int lane) {
    throw new UnsupportedOperationException("no schedule waits for a mutation");
  }

  @Override
  public boolean open(int lane, LaneState expected, String server) {
    pass();
    return world.redis.open(expected, server);
  }

  @Override
  public void close(int lane) {
    throw new UnsupportedOperationException("no schedule has a lane at fault");
  }

  @Override
  public Read<Map<String, Top>> seqs(int lane, String generation, List<String> conversations) {
    pass();
    return world.redis.seqs(generation, conversations);
  }

  @Override
  public Read<Map<Long, byte[]>> bodies(
      int lane, String generation, String conversation, Collection<Long> seqs) {
    pass();
    return world.redis.bodies(generation, conversation, seqs);
  }

  @Override
  public Read<List<Long>> windowed(
      int lane, String generation, List<Candidate> candidates, long nowMillis) {
    pass();
    return world.redis.windowed(generation, candidates);
  }

  @Override
  public Read<Boolean> known(int lane, String generation, Candidate candidate, long nowMillis) {
    throw new UnsupportedOperationException("no schedule asks before it sends");
  }

  @Override
  public String newGeneration() {
    return world.redis.newGeneration();
  }
}
