package im.hongyan.bench.load;

import java.util.concurrent.locks.LockSupport;

/** The loop's clock; a fake one makes tests exact. */
public interface Timer {
  /** As {@link System#nanoTime}. */
  long nanoTime();

  /** Returns at that moment or after it; at once when it is past. */
  void waitUntil(long nanoTime);

  /** The machine's clock. Waits by parking: late by some 60 us, without burning a core. */
  static Timer system() {
    return new Timer() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public void waitUntil(long nanoTime) {
        for (long left = nanoTime - nanoTime(); left > 0; left = nanoTime - nanoTime()) {
          LockSupport.parkNanos(left);
        }
      }
    };
  }
}
