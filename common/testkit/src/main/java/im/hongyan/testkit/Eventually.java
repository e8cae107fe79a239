package im.hongyan.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits until something holds. The time given only ends a test that would hang: no test passes or
 * fails by how fast the machine is.
 */
public final class Eventually {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long LOOK_AGAIN_NANOS = 20_000_000;

  private Eventually() {}

  /** Waits a minute at most until the assertion passes. */
  public static void passes(Runnable assertion) {
    passes(PATIENCE, assertion);
  }

  /** Waits until the assertion passes; fails with its own failure. */
  public static void passes(Duration patience, Runnable assertion) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        assertion.run();
        return;
      } catch (AssertionError | RuntimeException failure) {
        if (System.nanoTime() - deadline > 0) {
          throw failure;
        }
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  /** Waits until the condition holds. */
  public static void holds(String what, Duration patience, Callable<Boolean> condition) {
    passes(
        patience,
        () -> {
          try {
            if (!condition.call()) {
              throw new AssertionError("still not: " + what);
            }
          } catch (RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new AssertionError("still not: " + what, e);
          }
        });
  }
}
