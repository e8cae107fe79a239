package im.hongyan.kit.limit;

import com.google.errorprone.annotations.CheckReturnValue;
import im.hongyan.kit.lifecycle.Worker;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Handles things in batches without a timer: what comes while one batch is being handled is the
 * next. One virtual thread handles them in their order; {@link #offer} is safe for use by several
 * threads. Its creator closes it.
 */
public final class Batcher<T> implements AutoCloseable {
  private final BlockingQueue<T> queue;
  private final int mostAtOnce;
  private final Handler<T> handler;
  private final String name;
  private volatile boolean ended;
  private @Nullable Worker worker;

  /** Called by the one thread. */
  public interface Handler<T> {
    /** Handles a batch, in its order. */
    void handle(List<T> batch);

    /** Called when a batch failed by an exception. */
    void failed(List<T> batch, RuntimeException failure);

    /** Called with what is not handled any more, since this was closed or has failed. */
    void closed(List<T> rest);
  }

  /**
   * Handles nothing before {@link #start}.
   *
   * @param mostWaiting beyond which nothing more is taken
   */
  public Batcher(String name, int mostWaiting, int mostAtOnce, Handler<T> handler) {
    queue = new ArrayBlockingQueue<>(mostWaiting);
    this.mostAtOnce = mostAtOnce;
    this.handler = handler;
    this.name = name;
  }

  /** Begins to handle; called once. */
  public Batcher<T> start() {
    worker = Worker.start(name, this::run);
    return this;
  }

  /**
   * Takes something; false, and not taken, where too much waits, or nothing is handled any more.
   */
  @CheckReturnValue
  public boolean offer(T one) {
    if (ended || !queue.offer(one)) {
      return false;
    }
    // Where it ended meanwhile, either the rest was handed back with this, or it is taken out here.
    return !ended || !queue.remove(one);
  }

  /** Whether what is offered is handled, or this was closed. */
  public boolean isRunning() {
    Worker begun = worker;
    return begun != null && begun.isRunning();
  }

  private void run() throws InterruptedException {
    List<T> batch = new ArrayList<>();
    try {
      while (true) {
        batch.add(queue.take());
        queue.drainTo(batch, mostAtOnce - 1);
        try {
          handler.handle(batch);
        } catch (RuntimeException e) {
          handler.failed(batch, e);
        }
        batch.clear();
      }
    } finally {
      ended = true;
      queue.drainTo(batch);
      handler.closed(batch);
    }
  }

  @Override
  public void close() {
    Worker begun = worker;
    if (begun != null) {
      begun.close();
    }
  }
}
