package im.hongyan.transfer.sequencer;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Shows which lanes wait and for what, as {@code lane_paused{lane,reason}}: 1 while a lane waits, 0
 * else. Safe for use by several threads.
 */
final class LanePauses {
  /** What a lane may wait for. */
  enum Reason {
    /** Redis does not answer. */
    REDIS,
    /** History is too far behind. */
    HISTORY
  }

  private record Shown(Map<Reason, AtomicInteger> values, List<Gauge> gauges) {}

  private final MeterRegistry meters;
  private final Map<Integer, Shown> lanes = new ConcurrentHashMap<>();

  LanePauses(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Says whether a lane waits. */
  void set(int lane, Reason reason, boolean waits) {
    AtomicInteger value = lanes.computeIfAbsent(lane, this::show).values().get(reason);
    if (value != null) {
      value.set(waits ? 1 : 0);
    }
  }

  private Shown show(int lane) {
    Map<Reason, AtomicInteger> values = new EnumMap<>(Reason.class);
    List<Gauge> gauges = new ArrayList<>();
    for (Reason reason : Reason.values()) {
      AtomicInteger value = new AtomicInteger();
      values.put(reason, value);
      gauges.add(
          Gauge.builder("lane_paused", value, AtomicInteger::doubleValue)
              .tag("lane", Integer.toString(lane))
              .tag("reason", reason.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
    return new Shown(values, gauges);
  }

  /** The lane is another process's now. */
  void remove(int lane) {
    Shown shown = lanes.remove(lane);
    if (shown != null) {
      shown.gauges().forEach(meters::remove);
    }
  }
}
