package im.hongyan.kit.rpc;

import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Calls of one method: {@code rpc_count} by code, as errors-config-ops.md 7 names it, and {@code
 * rpc_duration}. Refusals of the guard count too. Safe for use by several threads.
 */
final class MethodMeters {
  private final MeterRegistry meters;
  private final Tags tags;
  private final Timer duration;
  private final Map<Integer, Counter> byCode = new ConcurrentHashMap<>();

  MethodMeters(MethodDescriptor<?, ?> method, MeterRegistry meters) {
    this.meters = meters;
    tags =
        Tags.of(
            "name", String.valueOf(method.getServiceName()), "path", method.getFullMethodName());
    duration = meters.timer("rpc_duration", tags);
  }

  /** Counts a call that ended with a code, 0 for success. */
  void count(int code) {
    byCode
        .computeIfAbsent(
            code, any -> meters.counter("rpc_count", tags.and("code", Integer.toString(any))))
        .increment();
  }

  /** Counts a call and how long it took. */
  void record(int code, long nanos) {
    count(code);
    duration.record(nanos, TimeUnit.NANOSECONDS);
  }
}
