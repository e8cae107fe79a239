package im.hongyan.relation.outbox;

import im.hongyan.kit.logging.RareLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes conversations with waiting notifications and delivers each on a virtual thread of its own,
 * so that a slow one delays no other. One thread takes; {@link #wake} may be called by any. Every
 * rpc-relation runs one; they share the work. Its creator closes it.
 */
public final class OutboxWorker implements OutboxSignal, AutoCloseable {
  private static final int CONVERSATIONS_AT_ONCE = 16;

  /** Finds what other processes left behind and what is due again. */
  private static final Duration POLL = Duration.ofSeconds(1);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(OutboxWorker.class);

  private final OutboxStore store;
  private final InstantSource clock;
  private final OutboxDelivery delivery;
  private final Semaphore slots = new Semaphore(CONVERSATIONS_AT_ONCE);
  private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);
  private final RareLog lines = new RareLog();
  private final Thread taker;
  private volatile boolean closed;

  private OutboxWorker(OutboxStore store, InstantSource clock, OutboxDelivery delivery) {
    this.store = store;
    this.clock = clock;
    this.delivery = delivery;
    taker = Thread.ofVirtual().name("outbox").unstarted(this::run);
  }

  /**
   * Starts a worker.
   *
   * @param giveUpAfter age at which a refused notification becomes a dead letter
   */
  public static OutboxWorker start(
      OutboxStore store,
      MessageSender sender,
      InstantSource clock,
      Duration giveUpAfter,
      MeterRegistry meters) {
    OutboxWorker worker =
        new OutboxWorker(
            store, clock, new OutboxDelivery(store, sender, clock, giveUpAfter, meters));
    worker.taker.start();
    return worker;
  }

  @Override
  public void wake() {
    // A full queue means that it is about to look anyway.
    boolean _ = wakes.offer(true);
  }

  private void run() {
    try {
      while (!closed) {
        if (!takeSome()) {
          Boolean _ = wakes.poll(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether there may be more that can be taken at once. */
  private boolean takeSome() throws InterruptedException {
    int free = slots.availablePermits();
    if (free == 0) {
      return false;
    }
    List<Claim> claims;
    try {
      claims = store.take(free, clock.millis(), OutboxDelivery.LEASE.toMillis());
    } catch (RuntimeException e) {
      if (lines.due(System.nanoTime())) {
        LOG.warn("the outbox cannot be read: {}", e.getMessage());
      }
      return false;
    }
    for (Claim claim : claims) {
      slots.acquire();
      Thread.startVirtualThread(() -> deliver(claim));
    }
    return claims.size() == free;
  }

  private void deliver(Claim claim) {
    try {
      delivery.deliver(claim);
    } catch (RuntimeException e) {
      // The lease ends by itself.
      LOG.warn("delivering to {} failed: {}", claim.conversationId(), e.getMessage());
    } finally {
      slots.release();
      wake();
    }
  }

  /** Takes nothing more and waits, within limits, for what is under way. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      taker.join(STOP_LIMIT);
      if (!slots.tryAcquire(CONVERSATIONS_AT_ONCE, STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("notifications under way are left to their leases");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
