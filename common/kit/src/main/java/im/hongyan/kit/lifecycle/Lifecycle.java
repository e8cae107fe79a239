package im.hongyan.kit.lifecycle;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops what was started, the newest first. Safe for use by several threads; {@link #close} is done
 * once and goes on when one part fails.
 */
public final class Lifecycle implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  private record Part(String name, AutoCloseable closer) {}

  private final Deque<Part> parts = new ArrayDeque<>();
  private boolean closed;

  /** Adds something to stop and returns it; stopped at once when the lifecycle is over. */
  public synchronized <T extends AutoCloseable> T add(String name, T part) {
    if (closed) {
      stop(new Part(name, part));
    } else {
      parts.push(new Part(name, part));
    }
    return part;
  }

  @Override
  public synchronized void close() {
    closed = true;
    while (!parts.isEmpty()) {
      stop(parts.pop());
    }
  }

  private static void stop(Part part) {
    try {
      part.closer().close();
    } catch (Exception e) {
      LOG.warn("stopping {} failed", part.name(), e);
    }
  }
}
