package im.hongyan.gatewayws.connection;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one event loop share. Work from other threads is taken in batches: one
 * wake-up for all that has gathered, and each connection that was written to is flushed once, at
 * the end of the batch. One sweep watches the deadlines of all connections, instead of a timer
 * each. {@link #submit} may be called by any thread, everything else by the event loop alone.
 */
public final class GatewayLoop {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayLoop.class);

  private final EventLoop loop;
  private final Limits limits;
  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final AtomicInteger workSize = new AtomicInteger();
  private final AtomicLong pushedBytes = new AtomicLong();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Deque<ClientConnection> unflushed = new ArrayDeque<>();
  private final Set<Deadlines> watched = new LinkedHashSet<>();
  private volatile long sweptNanos = System.nanoTime();

  /**
   * What is bounded.
   *
   * @param sweepMillis how often deadlines are looked at
   * @param waiting what waits for clients and from them
   * @param maxPushedBytes of pushes that wait for this loop
   */
  public record Limits(long sweepMillis, WaitingBytes waiting, long maxPushedBytes) {}

  /** Begins to serve an event loop. */
  public GatewayLoop(EventLoop loop, Limits limits) {
    this.loop = loop;
    this.limits = limits;
    loop.scheduleAtFixedRate(
        this::sweep, limits.sweepMillis(), limits.sweepMillis(), TimeUnit.MILLISECONDS);
  }

  /** Does something in the event loop, after what was submitted before. */
  public void submit(Runnable task) {
    workSize.incrementAndGet();
    work.add(task);
    wake();
  }

  /**
   * Pushes in the event loop, after what was submitted before. Who pushes asks {@link #isFull}
   * first.
   *
   * @param bytes that wait until it is done
   */
  public void push(long bytes, Runnable task) {
    pushedBytes.addAndGet(bytes);
    submit(() -> {
      pushedBytes.addAndGet(-bytes);
      task.run();
    });
  }

  /** Whether so much waits to be pushed that nothing may be added. */
  public boolean isFull() {
    return pushedBytes.get() >= limits.maxPushedBytes();
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      loop.execute(this::batch);
    }
  }

  private void batch() {
    woken.set(false);
    for (Runnable task = work.poll(); task != null; task = work.poll()) {
      workSize.decrementAndGet();
      run(task);
    }
    // A flush that makes a channel writable again has more written, which is flushed here too.
    for (ClientConnection written = unflushed.poll(); written != null; written = unflushed.poll()) {
      written.flush();
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("work of a connection failed", e);
    }
  }

  /** Flushes a connection at the end of the batch. */
  void flushLater(ClientConnection connection) {
    if (connection != unflushed.peekLast()) {
      unflushed.add(connection);
    }
    wake();
  }

  /** What waits for clients and from them. */
  WaitingBytes waitingBytes() {
    return limits.waiting();
  }

  /** Work that waits for this loop. */
  int workSize() {
    return workSize.get();
  }

  /** Bytes of pushes that wait for this loop. */
  long pushedBytes() {
    return pushedBytes.get();
  }

  /** When this loop last looked at its deadlines, as of {@link System#nanoTime}. */
  long sweptNanos() {
    return sweptNanos;
  }

  void watch(Deadlines deadlines) {
    watched.add(deadlines);
  }

  void unwatch(Deadlines deadlines) {
    watched.remove(deadlines);
  }

  private void sweep() {
    long now = System.nanoTime();
    // A copy, since ending a connection takes it out of the set.
    for (Deadlines deadlines : watched.toArray(Deadlines[]::new)) {
      run(() -> deadlines.check(now));
    }
    sweptNanos = System.nanoTime();
  }
}
