package im.hongyan.kit.rpc;

import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * Writes items to a stream in batches: what arrives while one is written is the next, without a
 * timer. Safe for use by several threads; one virtual thread of its own is the stream's only
 * writer. Its creator closes it.
 */
public final class BatchWriter<T, M> implements AutoCloseable {
  private static final int MAX_BATCH = 500;

  private final BlockingQueue<T> queue;
  private final StreamObserver<M> stream;
  private final Function<List<T>, M> message;
  private final Thread thread;

  /**
   * Begins to write.
   *
   * @param mostWaiting items that may wait; more are refused
   * @param message makes a batch of the stream's messages
   */
  public BatchWriter(StreamObserver<M> stream, int mostWaiting, Function<List<T>, M> message) {
    this.stream = stream;
    this.message = message;
    queue = new LinkedBlockingQueue<>(mostWaiting);
    thread = Thread.ofVirtual().name("batch-writer").start(this::run);
  }

  /** Adds an item; false when too many wait. */
  public boolean write(T item) {
    return queue.offer(item);
  }

  private void run() {
    List<T> batch = new ArrayList<>();
    try {
      while (true) {
        batch.add(queue.take());
        queue.drainTo(batch, MAX_BATCH - 1);
        stream.onNext(message.apply(batch));
        batch.clear();
      }
    } catch (InterruptedException e) {
      // closed
    } catch (RuntimeException streamEnded) {
      queue.clear();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
