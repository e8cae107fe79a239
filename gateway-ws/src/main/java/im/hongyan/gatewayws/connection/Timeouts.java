package im.hongyan.gatewayws.connection;

import java.time.Duration;

/**
 * Times of a connection (websocket.md 5.3).
 *
 * @param handshake from the accepted socket to the answered upgrade
 * @param read silence after which a connection ends, unless a request of it is being answered
 * @param write how long a client may take nothing of what waits for it, or stay over its limit
 * @param webPing pause between our pings to browsers
 */
public record Timeouts(Duration handshake, Duration read, Duration write, Duration webPing) {
  private static final long MOST_SWEEP_MILLIS = 1_000;
  private static final int SWEEPS_PER_TIMEOUT = 8;

  /** How often deadlines must be looked at, so that they are met to an eighth. */
  public long sweepMillis() {
    long shortest =
        Math.min(
            Math.min(handshake.toMillis(), read.toMillis()),
            Math.min(write.toMillis(), webPing.toMillis()));
    return Math.max(1, Math.min(MOST_SWEEP_MILLIS, shortest / SWEEPS_PER_TIMEOUT));
  }
}
