package im.hongyan.gatewayws.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** The gateway's meters. Safe for use by several threads. */
public final class GatewayMeters {
  private final MeterRegistry registry;
  private final Map<EndReason, Counter> closed = new EnumMap<>(EndReason.class);
  private final ConcurrentMap<Integer, Counter> handshakes = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, Timer> requests = new ConcurrentHashMap<>();
  private final Counter written;
  private final Counter notWritten;
  private final Counter iosBackground;
  private final Counter deferred;
  private final Counter answered;
  private final Counter unanswered;
  private final Counter tooLarge;

  /** Each meter is documented in docs/operations/metrics.md. */
  public GatewayMeters(MeterRegistry registry) {
    this.registry = registry;
    for (EndReason reason : EndReason.values()) {
      closed.put(reason, registry.counter("ws_connections_closed", "reason", reason.label()));
    }
    written = pushed("written");
    notWritten = pushed("not_written");
    iosBackground = pushed("ios_background");
    deferred = registry.counter("ws_pushes_deferred");
    answered = awaited("answered");
    unanswered = awaited("unanswered");
    tooLarge = registry.counter("ws_answers_too_large");
  }

  private Counter pushed(String result) {
    return registry.counter("ws_frames_pushed", "result", result);
  }

  private Counter awaited(String result) {
    return registry.counter("ws_pushes_awaited", "result", result);
  }

  /** Where gauges may be added. */
  public MeterRegistry registry() {
    return registry;
  }

  /** A connection ended. */
  public void closed(EndReason reason) {
    Counter counter = closed.get(reason);
    if (counter != null) {
      counter.increment();
    }
  }

  /** A handshake was answered; 0 for success, else the error code. */
  public void handshake(int code) {
    handshakes
        .computeIfAbsent(code, c -> registry.counter("ws_handshakes", "code", Integer.toString(c)))
        .increment();
  }

  /** A request was answered. */
  public void request(int reqIdentifier, long nanos) {
    requests
        .computeIfAbsent(
            reqIdentifier, id -> registry.timer("ws_requests", "id", Integer.toString(id)))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Frames were handed to connections. */
  public void pushed(int frames) {
    written.increment(frames);
  }

  /** A connection could not take a frame. */
  public void notWritten() {
    notWritten.increment();
  }

  /** A phone in the background was passed over. */
  public void iosBackground() {
    iosBackground.increment();
  }

  /** A push waits for a slow connection, or replaced one that waited. */
  public void deferred() {
    deferred.increment();
  }

  /** A push to a caller has waited for the answer of a call, which came in time or did not. */
  public void awaited(boolean inTime) {
    (inTime ? answered : unanswered).increment();
  }

  /** An answer was over what clients take. */
  public void tooLarge() {
    tooLarge.increment();
  }
}
