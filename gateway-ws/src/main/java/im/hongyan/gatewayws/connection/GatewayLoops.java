package im.hongyan.gatewayws.connection;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@link GatewayLoop} of each event loop of a group. Safe for use by several threads. */
public final class GatewayLoops {
  /** A loop that has not looked at its deadlines for so long does not turn. */
  private static final Duration STUCK = Duration.ofSeconds(5);

  private final Map<EventLoop, GatewayLoop> loops;
  private final long stuckNanos;

  /**
   * Begins to serve all event loops of a group, with the gauges {@code ws_loop_work} and {@code
   * ws_loop_push_bytes}.
   */
  public GatewayLoops(EventLoopGroup group, GatewayLoop.Limits limits, MeterRegistry meters) {
    Map<EventLoop, GatewayLoop> all = new HashMap<>();
    for (EventExecutor executor : group) {
      EventLoop loop = (EventLoop) executor;
      all.put(loop, new GatewayLoop(loop, limits));
    }
    loops = Map.copyOf(all);
    stuckNanos = STUCK.toNanos() + TimeUnit.MILLISECONDS.toNanos(limits.sweepMillis());
    meters.gauge("ws_loop_work", this, GatewayLoops::workSize);
    meters.gauge("ws_loop_push_bytes", this, GatewayLoops::pushedBytes);
  }

  private double workSize() {
    return loops.values().stream().mapToInt(GatewayLoop::workSize).sum();
  }

  private double pushedBytes() {
    return loops.values().stream().mapToLong(GatewayLoop::pushedBytes).sum();
  }

  /** Whether every event loop has looked at its deadlines of late. */
  public boolean turning() {
    long now = System.nanoTime();
    return loops.values().stream().allMatch(loop -> now - loop.sweptNanos() < stuckNanos);
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
