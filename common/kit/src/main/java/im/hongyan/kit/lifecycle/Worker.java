package im.hongyan.kit.lifecycle;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that goes on until it is closed, on a virtual thread of its own. A fault that ends it before
 * is logged, and seen by {@link #isRunning}: whoever has one adds that to the readiness of the
 * process. Safe for use by several threads; its creator closes it.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final String name;
  private final Body body;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean dead;

  /** The work; an interrupt asks it to end. */
  @FunctionalInterface
  public interface Body {
    /** Works until it is interrupted. */
    void run() throws InterruptedException;
  }

  private Worker(String name, Body body) {
    this.name = name;
    this.body = body;
    thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /** Begins to work. */
  public static Worker start(String name, Body body) {
    Worker worker = new Worker(name, body);
    worker.thread.start();
    return worker;
  }

  private void run() {
    try {
      body.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException fault) {
      LOG.error("{} has ended by a fault; the process is not ready any more", name, fault);
    } finally {
      dead = !closed;
    }
  }

  /** Whether it works, or was closed. */
  public boolean isRunning() {
    return !dead;
  }

  /** Interrupts the work, and does not wait for it. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
