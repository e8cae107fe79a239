package im.hongyan.gatewayws.connection;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.HashMap;
import java.util.Map;

/** The {@link GatewayLoop} of each event loop of a group. Immutable. */
public final class GatewayLoops {
  private final Map<EventLoop, GatewayLoop> loops;

  /**
   * Begins to serve all event loops of a group.
   *
   * @param sweepMillis how often deadlines are looked at
   */
  public GatewayLoops(EventLoopGroup group, long sweepMillis) {
    Map<EventLoop, GatewayLoop> all = new HashMap<>();
    for (EventExecutor executor : group) {
      EventLoop loop = (EventLoop) executor;
      all.put(loop, new GatewayLoop(loop, sweepMillis));
    }
    loops = Map.copyOf(all);
  }

  /**
   * The one of this event loop.
   *
   * @throws IllegalArgumentException when the event loop is not of the group
   */
  public GatewayLoop of(EventLoop loop) {
    GatewayLoop found = loops.get(loop);
    if (found == null) {
      throw new IllegalArgumentException("not an event loop of this gateway");
    }
    return found;
  }
}
