package im.hongyan.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for what other threads and processes bring about, in place of sleeps. The limit only ends a
 * test that fails; none passes or fails by how long it took. Stateless.
 */
public final class Eventually {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private Eventually() {}

  /** Assertions of a test. */
  @FunctionalInterface
  public interface Assertions {
    /** Throws while they do not hold. */
    void check() throws Exception;
  }

  /** Waits until assertions hold; fails as they did last. */
  public static void eventually(Assertions assertions) {
    eventually(LIMIT, assertions);
  }

  /** Waits as long as the limit says until assertions hold; fails as they did last. */
  public static void eventually(Duration limit, Assertions assertions) {
    value(
        limit,
        () -> {
          assertions.check();
          return true;
        });
  }

  /** Waits until something is true. */
  public static void until(String what, BooleanSupplier condition) {
    until(what, LIMIT, condition);
  }

  /** Waits as long as the limit says until something is true. */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    eventually(
        limit,
        () -> {
          if (!condition.getAsBoolean()) {
            throw new AssertionError("not yet: " + what);
          }
        });
  }

  /** Waits until a call succeeds, and returns its result; fails as it did last. */
  public static <T> T value(Callable<T> call) {
    return value(LIMIT, call);
  }

  private static <T> T value(Duration limit, Callable<T> call) {
    long start = System.nanoTime();
    while (true) {
      try {
        return call.call();
      } catch (Exception | AssertionError e) {
        if (System.nanoTime() - start > limit.toNanos() || Thread.currentThread().isInterrupted()) {
          throw new AssertionError("still so after " + limit.toSeconds() + " s: " + e, e);
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }
}
