package im.hongyan.gatewayws.connection;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Deque<Channel> unflushed = new ArrayDeque<>();
  private final Set<Deadlines> watched = new LinkedHashSet<>();

  /**
   * Begins to serve an event loop.
   *
   * @param sweepMillis how often deadlines are looked at
   */
  public GatewayLoop(EventLoop loop, long sweepMillis) {
    this.loop = loop;
    loop.scheduleAtFixedRate(this::sweep, sweepMillis, sweepMillis, TimeUnit.MILLISECONDS);
  }

  /** Does something in the event loop, after what was submitted before. */
  public void submit(Runnable task) {
    work.add(task);
    wake();
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      loop.execute(this::batch);
    }
  }

  private void batch() {
    woken.set(false);
    for (Runnable task = work.poll(); task != null; task = work.poll()) {
      run(task);
    }
    // A flush that makes a channel writable again has more written, which is flushed here too.
    for (Channel channel = unflushed.poll(); channel != null; channel = unflushed.poll()) {
      channel.flush();
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("work of a connection failed", e);
    }
  }

  /** Flushes a channel at the end of the batch. */
  void flushLater(Channel channel) {
    if (!channel.equals(unflushed.peekLast())) {
      unflushed.add(channel);
    }
    wake();
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
  }
}
