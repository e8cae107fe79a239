package im.hongyan.drivers.etcd;

import im.hongyan.wire.error.ImException;
import io.etcd.jetcd.Watch;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows what is stored below a prefix. Events only say that it is time to list again, so none can
 * be missed, doubled or applied to the wrong state: not over a lost connection, a compaction, or an
 * etcd that lost data; a list every few seconds covers what no event reported. A virtual thread of
 * its own lists and calls the listener. Its creator closes it.
 */
final class PrefixWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrefixWatch.class);
  private static final long LIST_EVERY_MILLIS = 10_000;
  private static final long PAUSE_MILLIS = 500;

  private final Etcd etcd;
  private final String below;
  private final Consumer<Map<String, String>> listener;
  private final Semaphore changed = new Semaphore(0);
  private final Thread thread;
  private Map<String, String> known;
  private long revision;
  private volatile boolean ended = true;
  private Watch.@Nullable Watcher watcher;

  PrefixWatch(Etcd etcd, String below, Consumer<Map<String, String>> listener) {
    this.etcd = etcd;
    this.below = below;
    this.listener = listener;
    Etcd.Listing first = etcd.list(below);
    known = first.values();
    revision = first.revision();
    listener.accept(known);
    thread = Thread.ofVirtual().name("etcd-watch").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        try {
          follow();
          boolean notified = changed.tryAcquire(LIST_EVERY_MILLIS, TimeUnit.MILLISECONDS);
          if (notified) {
            changed.drainPermits();
          }
        } catch (ImException away) {
          // The connection logs it for the operator; what is known stays.
          Thread.sleep(PAUSE_MILLIS);
        } catch (RuntimeException fault) {
          LOG.error("watching {} in etcd failed; going on", below, fault);
          Thread.sleep(PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException e) {
      // closed
    } finally {
      stopWatching();
    }
  }

  private void follow() {
    if (ended) {
      stopWatching();
      ended = false;
      watch();
    }
    Etcd.Listing listing = etcd.list(below);
    if (listing.revision() < revision) {
      ended = true;
      changed.release();
    }
    revision = listing.revision();
    if (!listing.values().equals(known)) {
      known = listing.values();
      listener.accept(known);
    }
  }

  private void watch() {
    try {
      watcher = etcd.changes(below, Watch.listener(any -> wake(), failure -> wake(), this::end));
    } catch (ImException e) {
      ended = true;
      throw e;
    }
  }

  private void wake() {
    changed.release();
  }

  private void end() {
    ended = true;
    wake();
  }

  private void stopWatching() {
    Watch.Watcher old = watcher;
    watcher = null;
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
