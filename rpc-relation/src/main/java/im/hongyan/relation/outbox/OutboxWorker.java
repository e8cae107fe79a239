package im.hongyan.relation.outbox;

import im.hongyan.kit.limit.Batcher;
import im.hongyan.kit.logging.RareLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes conversations with waiting notifications and delivers each on a virtual thread of its own,
 * so that a slow one delays no other. Claims go in batches: one look takes as many as there is room
 * for, and one transaction gives back what has gathered while the last one ran. One thread takes
 * and one gives back; {@link #wake} may be called by any. Every rpc-relation runs one; they share
 * the work. Its creator closes it.
 */
public final class OutboxWorker implements OutboxSignal, AutoCloseable {
  /** Enough for messages to go through the log in batches, which makes each a lot cheaper. */
  private static final int CONVERSATIONS_AT_ONCE = 64;

  /** Notifications in memory; one conversation may have {@link OutboxDelivery#MOST_AT_ONCE}. */
  private static final int MOST_LOADED = 320;

  /** Finds what other processes left behind and what is due again. */
  private static final Duration POLL = Duration.ofSeconds(1);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
  private static final Logger LOG = LoggerFactory.getLogger(OutboxWorker.class);

  private final OutboxStore store;
  private final InstantSource clock;
  private final OutboxDelivery delivery;
  private final Batcher<FinishedClaim> finished;
  private final Semaphore slots = new Semaphore(CONVERSATIONS_AT_ONCE);
  private final BlockingQueue<Boolean> wakes = new ArrayBlockingQueue<>(1);
  private final RareLog lines = new RareLog();
  private final Thread taker;
  private volatile boolean closed;

  private OutboxWorker(OutboxStore store, InstantSource clock, OutboxDelivery delivery) {
    this.store = store;
    this.clock = clock;
    this.delivery = delivery;
    finished =
        new Batcher<>(
            "outbox-finish", CONVERSATIONS_AT_ONCE, CONVERSATIONS_AT_ONCE, new Finishing());
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
    Batcher<FinishedClaim> _ = worker.finished.start();
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
    Map<String, List<Waiting>> waiting;
    try {
      claims = store.take(free, clock.millis(), OutboxDelivery.LEASE.toMillis());
      waiting =
          store.waiting(
              claims.stream().map(Claim::conversationId).toList(),
              Math.min(OutboxDelivery.MOST_AT_ONCE, MOST_LOADED / Math.max(1, claims.size())));
    } catch (RuntimeException e) {
      if (lines.due(System.nanoTime())) {
        LOG.warn("the outbox cannot be read: {}", e.getMessage());
      }
      return false;
    }
    for (Claim claim : claims) {
      slots.acquire();
      List<Waiting> some = waiting.getOrDefault(claim.conversationId(), List.of());
      Thread.startVirtualThread(() -> deliver(claim, some));
    }
    return claims.size() == free;
  }

  private void deliver(Claim claim, List<Waiting> waiting) {
    try {
      if (finished.offer(delivery.deliver(claim, waiting))) {
        return;
      }
    } catch (RuntimeException e) {
      // The lease ends by itself.
      LOG.warn("delivering to {} failed: {}", claim.conversationId(), e.getMessage());
    }
    release(1);
  }

  private void release(int count) {
    slots.release(count);
    wake();
  }

  /** Gives claims back; those that it cannot give back are left to their leases. */
  private final class Finishing implements Batcher.Handler<FinishedClaim> {
    @Override
    public void handle(List<FinishedClaim> batch) {
      store.finish(batch);
      release(batch.size());
    }

    @Override
    public void failed(List<FinishedClaim> batch, RuntimeException failure) {
      LOG.warn("{} conversations are left to their leases: {}", batch.size(), failure.getMessage());
      release(batch.size());
    }

    @Override
    public void closed(List<FinishedClaim> rest) {
      slots.release(rest.size());
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
    } finally {
      finished.close();
    }
  }
}
