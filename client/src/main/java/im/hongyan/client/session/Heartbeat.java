package im.hongyan.client.session;

import im.hongyan.client.websocket.WebSocketClient;
import im.hongyan.wire.id.MessageIds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Pings every 24 s and ends a connection from which nothing has come 6 s later, as official clients
 * do after 30 s of silence (websocket.md 5). All connections share one timer, and reading needs no
 * time-out of its own: a thread for each connection costs memory, and a timed read costs a timer
 * for each message. Safe for use by several threads; the connection stops it.
 */
final class Heartbeat {
  private static final Duration PERIOD = Duration.ofSeconds(24);
  private static final Duration TIMEOUT = Duration.ofSeconds(6);

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private final WebSocketClient socket;
  private final Duration timeout;
  private final ScheduledFuture<?> pings;
  private volatile boolean alive;

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("im-heartbeat").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private Heartbeat(WebSocketClient socket, Duration period, Duration timeout) {
    this.socket = socket;
    this.timeout = timeout;
    long nanos = period.toNanos();
    this.pings = TIMER.scheduleAtFixedRate(this::beat, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /** Starts the heartbeat of a connection. */
  static Heartbeat start(WebSocketClient socket) {
    return start(socket, PERIOD, TIMEOUT);
  }

  /** As above, with other times than the SDK's. */
  static Heartbeat start(WebSocketClient socket, Duration period, Duration timeout) {
    return new Heartbeat(socket, period, timeout);
  }

  /** The peer has sent something. */
  void touch() {
    if (!alive) {
      alive = true;
    }
  }

  /** No more pings. */
  void stop() {
    pings.cancel(false);
  }

  /** On the timer's thread, which must not wait for a peer that does not read. */
  private void beat() {
    alive = false;
    Thread.ofVirtual().name("im-ping").start(this::ping);
    TIMER.schedule(this::closeIfSilent, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void ping() {
    try {
      socket.sendPing(MessageIds.next().getBytes(StandardCharsets.US_ASCII));
    } catch (IOException lost) {
      socket.close();
    }
  }

  private void closeIfSilent() {
    if (!alive && !pings.isCancelled()) {
      socket.close();
    }
  }
}
