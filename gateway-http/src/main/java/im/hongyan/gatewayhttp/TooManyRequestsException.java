package im.hongyan.gatewayhttp;

import java.util.concurrent.TimeUnit;

/** A refusal by a limit of the gateway itself (rest-account.md 0.11). */
final class TooManyRequestsException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Of errors-config-ops.md 10. */
  private static final int MAX_SECONDS = 5;

  private final int limit;
  private final long seconds;

  /**
   * Refuses.
   *
   * @param limit what is allowed, for the client to read
   * @param waitNanos after which it may be tried again
   */
  TooManyRequestsException(int limit, long waitNanos) {
    super("beyond " + limit, null, false, false);
    this.limit = limit;
    this.seconds = Math.clamp((waitNanos + NANOS - 1) / NANOS, 1, MAX_SECONDS);
  }

  /** What is allowed. */
  int limit() {
    return limit;
  }

  /** Seconds from 1 to 5 after which it may be tried again. */
  long retryAfterSeconds() {
    return seconds;
  }
}
