package im.hongyan.gatewayws.presence;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.connection.RegistryListener;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.Platform;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes in the presence table who is connected here. One thread of its own is the table's only
 * writer: it takes all changes that have gathered as one write, keeps the lease, and writes
 * everything anew when the table was lost. What it writes of a user is always what the registry
 * says then, so that the order of changes does not matter. Safe for use by several threads; its
 * creator closes it.
 */
public final class PresencePublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PresencePublisher.class);
  private static final Duration RENEW = Duration.ofSeconds(2);
  private static final Duration RETRY = Duration.ofMillis(250);
  private static final int MAX_BATCH = 500;

  /** Beyond these, users who come are refused, and those who go are found when all is written. */
  private static final int MAX_CHANGES = 50_000;

  private final PresenceTable table;
  private final ConnectionRegistry registry;
  private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>(MAX_CHANGES);

  /** Whether changes did not fit, so that everything must be written anew. */
  private final AtomicBoolean overflowed = new AtomicBoolean();

  private final Counter anew;
  private final Thread writer;
  private volatile boolean complete;
  private volatile boolean closed;

  /** A user whose connections changed, and the latch of who waits for that to be published. */
  private record Change(String userId, @Nullable CountDownLatch published) {}

  /** Begins to publish, once all that is registered was written anew. */
  public PresencePublisher(PresenceTable table, ConnectionRegistry registry, MeterRegistry meters) {
    this.table = table;
    this.registry = registry;
    anew = meters.counter("presence_written_anew");
    meters.gaugeCollectionSize("presence_changes_waiting", Tags.empty(), changes);
    registry.listen(
        new RegistryListener() {
          @Override
          public void removed(ClientConnection connection, boolean last) {
            if (last) {
              changed(connection.userId());
            }
          }
        });
    writer = Thread.ofVirtual().name("presence").start(this::write);
  }

  /** Whether everybody can see who is connected here. */
  public boolean complete() {
    return complete;
  }

  /** Publishes, soon, what a user's connections have become. */
  public void changed(String userId) {
    if (!changes.offer(new Change(userId, null))) {
      overflowed.set(true);
    }
  }

  /**
   * Publishes what a user's connections have become, and returns once everybody can see it.
   *
   * @throws ImException 500 when that takes longer than the client should wait, or too many wait
   */
  public void publish(String userId, Duration limit) {
    CountDownLatch published = new CountDownLatch(1);
    if (!changes.offer(new Change(userId, published))) {
      throw ImError.INTERNAL.with("too many changes of presence wait");
    }
    try {
      if (!published.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw ImError.INTERNAL.with("presence does not answer");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    }
  }

  private void write() {
    List<Change> batch = new ArrayList<>(MAX_BATCH);
    while (!closed) {
      try {
        take(batch);
        if (!complete || overflowed.get()) {
          writeAnew();
        }
        if (!(batch.isEmpty() ? table.renew() : table.write(platforms(batch)))) {
          complete = false;
          LOG.warn("presence was lost and is written anew");
          writeAnew();
        }
        finish(batch);
      } catch (ImException away) {
        // Unknown what was written: the table will say that it is lost, or take it again.
        LOG.debug("presence is away: {}", away.detail());
        pause();
      } catch (InterruptedException stopping) {
        return;
      } catch (RuntimeException e) {
        LOG.error("presence could not be written", e);
        pause();
      }
    }
  }

  /** Adds what has gathered to what an earlier try has left. */
  private void take(List<Change> batch) throws InterruptedException {
    if (batch.isEmpty() && complete) {
      Change first = changes.poll(RENEW.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        batch.add(first);
      }
    }
    changes.drainTo(batch, MAX_BATCH - batch.size());
  }

  private void writeAnew() {
    // Before the registry is read, so that what does not fit meanwhile is written the next time.
    if (overflowed.getAndSet(false)) {
      complete = false;
    }
    Map<String, Set<Integer>> everyone = new HashMap<>();
    registry.users().forEach(user -> everyone.put(user, platforms(user)));
    everyone.values().removeIf(Set::isEmpty);
    table.writeAll(everyone);
    anew.increment();
    complete = true;
  }

  private Map<String, Set<Integer>> platforms(List<Change> batch) {
    return batch.stream()
        .map(Change::userId)
        .distinct()
        .collect(Collectors.toMap(user -> user, this::platforms));
  }

  private Set<Integer> platforms(String userId) {
    return registry.platforms(userId).stream()
        .map(Platform::number)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void finish(List<Change> batch) {
    for (Change change : batch) {
      CountDownLatch published = change.published();
      if (published != null) {
        published.countDown();
      }
    }
    batch.clear();
  }

  private void pause() {
    try {
      Thread.sleep(RETRY);
    } catch (InterruptedException stopping) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      writer.join(TimeUnit.SECONDS.toMillis(5));
      table.leave();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ImException away) {
      LOG.debug("presence ends by its lease: {}", away.detail());
    }
  }
}
