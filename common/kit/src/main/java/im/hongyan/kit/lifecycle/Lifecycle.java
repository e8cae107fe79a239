package im.hongyan.kit.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops what was started, the newest first. Safe for use by several threads; {@link #drain} and
 * {@link #close} are each done once and go on when one part fails.
 */
public final class Lifecycle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  private record Stage(String name, AutoCloseable closer) {}

  private final Deque<Stage> parts = new ArrayDeque<>();
  private final Deque<Stage> drains = new ArrayDeque<>();
  private boolean drained;
  private boolean closed;

  /** Adds something to stop and returns it; stopped at once when the lifecycle is over. */
  public synchronized <T extends AutoCloseable> T add(String name, T part) {
    if (closed) {
      stop(new Stage(name, part));
    } else {
      parts.push(new Stage(name, part));
    }
    return part;
  }

  /**
   * Adds what takes leave of the clients of a part while everything it needs still works: take
   * nothing new, answer what has begun. It bounds its own time.
   */
  public synchronized void addDrain(String name, AutoCloseable drain) {
    drains.push(new Stage(name, drain));
  }

  /**
   * Runs the drains, the newest first, before anything is stopped and while others still find this
   * process. A lifecycle that is closed without it takes no leave.
   */
  public void drain() {
    synchronized (this) {
      if (drained) {
        return;
      }
      drained = true;
    }
    for (Stage drain = nextDrain(); drain != null; drain = nextDrain()) {
      stop(drain);
    }
  }

  private synchronized @Nullable Stage nextDrain() {
    return drains.poll();
  }

  /** An interrupt that came before does not cut the parts' farewell short; it is kept. */
  @Override
  public synchronized void close() {
    boolean interrupted = Thread.interrupted();
    closed = true;
    while (!parts.isEmpty()) {
      stop(parts.pop());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stop(Stage part) {
    try {
      part.closer().close();
    } catch (Exception e) {
      LOG.warn("stopping {} failed", part.name(), e);
    }
  }
}
