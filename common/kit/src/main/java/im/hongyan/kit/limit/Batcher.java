package im.hongyan.kit.limit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Handles things in batches without a timer: what comes while one batch is being handled is the
 * next. One virtual thread handles them in their order; {@link #offer} is safe for use by several
 * threads. Its creator closes it.
 */
public final class Batcher<T> implements AutoCloseable {
  private final BlockingQueue<T> queue;
  private final int mostAtOnce;
  private final Handler<T> handler;
  private final Thread thread;

  /** Called by the one thread. */
  public interface Handler<T> {
    /** Handles a batch, in its order. */
    void handle(List<T> batch);

    /** Called when a batch failed by an exception. */
    void failed(List<T> batch, RuntimeException failure);

    /** Called with what is not handled any more, since this was closed. */
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
    thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  /** Begins to handle; called once. */
  public Batcher<T> start() {
    thread.start();
    return this;
  }

  /** Takes something; false, and not taken, where too much waits. */
  public boolean offer(T one) {
    return queue.offer(one);
  }

  private void run() {
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
    } catch (InterruptedException e) {
      batch.addAll(queue);
      handler.closed(batch);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
