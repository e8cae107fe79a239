package im.hongyan.kit.rpc;

import com.google.errorprone.annotations.CheckReturnValue;
import com.google.protobuf.MessageLite;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes items to a stream in batches: what arrives while one is written is the next, without a
 * timer. A batch is written only when the stream is ready for it, so that what waits is bounded
 * here, in items and bytes, rather than piling up in the transport; a stream that stays unready for
 * {@link #STALLED} is ended. Safe for use by several threads; one virtual thread of its own is the
 * stream's only writer. Its creator closes it.
 *
 * <p>To a service, make it within the handler that was given the stream; as a client, on a channel
 * of ours ({@link RpcChannels#interceptors}).
 */
public final class BatchWriter<T extends MessageLite, M> implements AutoCloseable {
  /** How long the other side may take nothing. */
  public static final Duration STALLED = Duration.ofSeconds(30);

  private static final int MAX_BATCH = 500;
  private static final int MAX_BATCH_BYTES = 1 << 20;
  private static final long MAX_WAITING_BYTES = 64L << 20;
  private static final long RECHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final BlockingQueue<T> queue;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final StreamObserver<M> stream;
  private final Function<List<T>, M> message;
  private final long stalledNanos;
  private final Thread thread;
  private volatile boolean ended;
  private volatile @Nullable StatusRuntimeException failure;

  /**
   * Begins to write.
   *
   * @param mostWaiting items that may wait; more are refused
   * @param message makes a batch of the stream's messages
   */
  public BatchWriter(StreamObserver<M> stream, int mostWaiting, Function<List<T>, M> message) {
    this(stream, mostWaiting, message, STALLED);
  }

  BatchWriter(
      StreamObserver<M> stream,
      int mostWaiting,
      Function<List<T>, M> message,
      Duration mostUnready) {
    this.stream = stream;
    this.message = message;
    stalledNanos = mostUnready.toNanos();
    queue = new LinkedBlockingQueue<>(mostWaiting);
    thread = Thread.ofVirtual().name("batch-writer").unstarted(this::run);
    if (stream instanceof ServerCallStreamObserver<M> server) {
      server.setOnReadyHandler(() -> LockSupport.unpark(thread));
    }
    thread.start();
  }

  /** Adds an item; false when too many or too large ones wait, or the stream has ended. */
  @CheckReturnValue
  public boolean write(T item) {
    int bytes = item.getSerializedSize();
    if (waitingBytes.addAndGet(bytes) <= MAX_WAITING_BYTES && queue.offer(item)) {
      // What came after the end is taken out by this or by the writer.
      return !ended || !queue.remove(item);
    }
    waitingBytes.addAndGet(-bytes);
    return false;
  }

  private void run() {
    try {
      while (true) {
        T first = queue.take();
        if (!awaitReady()) {
          stream.onError(
              Status.UNAVAILABLE
                  .withDescription("the other side took nothing for " + STALLED.toSeconds() + " s")
                  .asRuntimeException());
          break;
        }
        stream.onNext(message.apply(batch(first)));
      }
    } catch (InterruptedException e) {
      StatusRuntimeException why = failure;
      if (why != null) {
        stream.onError(why);
      }
    } catch (RuntimeException streamEnded) {
      // its owner is notified of it by the stream's error
    }
    ended = true;
    queue.clear();
  }

  /** The first item and what waits behind it, within the limits of a batch. */
  private List<T> batch(T first) {
    List<T> batch = new ArrayList<>();
    int bytes = 0;
    @Nullable T next = first;
    while (next != null) {
      batch.add(next);
      bytes += next.getSerializedSize();
      next = batch.size() < MAX_BATCH && bytes < MAX_BATCH_BYTES ? queue.poll() : null;
    }
    waitingBytes.addAndGet(-bytes);
    return batch;
  }

  /** Waits until the transport takes more; false when it did not in time. */
  private boolean awaitReady() throws InterruptedException {
    if (!(stream instanceof CallStreamObserver<M> call) || call.isReady()) {
      return true;
    }
    long since = System.nanoTime();
    while (!call.isReady()) {
      if (System.nanoTime() - since > stalledNanos) {
        return false;
      }
      LockSupport.parkNanos(RECHECK_NANOS);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
    return true;
  }

  /** Whether nothing is written any more. */
  public boolean isClosed() {
    return ended;
  }

  /** Ends the stream with a failure, and writes no more; what waits is dropped. */
  public void end(StatusRuntimeException why) {
    failure = why;
    close();
  }

  @Override
  public void close() {
    ended = true;
    thread.interrupt();
  }
}
