package im.hongyan.kit.logging;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one line a minute into the log. Safe for use by several threads. */
public final class RareLog {
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AtomicLong dueAtNanos = new AtomicLong(System.nanoTime());

  public boolean due(long nowNanos) {
    long due = dueAtNanos.get();
    return nowNanos - due >= 0 && dueAtNanos.compareAndSet(due, nowNanos + PAUSE_NANOS);
  }
}
