package im.hongyan.messagelog.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far a stage of this process has come in each lane it works on, as {@code
 * lane_offset{stage,lane}}: offsets of im-sequenced. A follower's lag is the difference to the
 * stage {@code sequenced}. Safe for use by several threads.
 */
public final class LaneGauges {
  private record Shown(AtomicLong offset, Gauge gauge) {}

  private final MeterRegistry meters;
  private final String stage;
  private final Map<Integer, Shown> lanes = new ConcurrentHashMap<>();

  public LaneGauges(MeterRegistry meters, String stage) {
    this.meters = meters;
    this.stage = stage;
  }

  /** Sets the stage's position in a lane. */
  public void set(int lane, long offset) {
    lanes.computeIfAbsent(lane, this::show).offset().set(offset);
  }

  private Shown show(int lane) {
    AtomicLong offset = new AtomicLong();
    return new Shown(
        offset,
        Gauge.builder("lane_offset", offset, AtomicLong::doubleValue)
            .tag("stage", stage)
            .tag("lane", Integer.toString(lane))
            .register(meters));
  }

  /** The lane is another process's now. */
  public void remove(int lane) {
    Shown shown = lanes.remove(lane);
    if (shown != null) {
      meters.remove(shown.gauge());
    }
  }
}
