package im.hongyan.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A start that a signal may overtake. One thread starts; {@link #stop} is called by another, once.
 */
final class Starting<T extends AutoCloseable> {
  private static final Logger LOG = LoggerFactory.getLogger(Starting.class);

  /** More than a store that is being started takes to stop. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  private final Thread starter;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean stopped;
  private volatile @Nullable T server;

  /**
   * Begins nothing yet.
   *
   * @param starter the thread that will start
   */
  Starting(Thread starter) {
    this.starter = starter;
  }

  /** Starts. */
  T run(Supplier<T> start) {
    try {
      T started = start.get();
      server = started;
      return started;
    } finally {
      over.countDown();
    }
  }

  /** Whether the start was given up, so that its failure says nothing. */
  boolean isStopped() {
    return stopped;
  }

  /** Interrupts a start that is not over, and closes what it brought about. */
  void stop() {
    if (over.getCount() > 0) {
      stopped = true;
      starter.interrupt();
      awaitEnd();
    }
    T started = server;
    if (started != null) {
      close(started);
    }
  }

  private void awaitEnd() {
    try {
      if (!over.await(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("the start was not given up within {} s", STOP_LIMIT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable server) {
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
