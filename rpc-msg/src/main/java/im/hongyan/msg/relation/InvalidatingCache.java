package im.hongyan.msg.relation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import im.hongyan.wire.id.UserId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;

/**
 * A cache of rows by owner and key. An entry ends when its owner is invalidated and at the latest
 * after a time, each a little earlier than another, so that what was loaded at once is not loaded
 * again at once. A load that began before its owner was invalidated is not kept. What was not found
 * is loaded again. Safe for use by several threads.
 */
final class InvalidatingCache<V> {
  private static final int MAX_ENTRIES = 200_000;

  private final Cache<Key, Versioned<V>> values;
  private final Versions versions;

  private record Key(UserId owner, String name) {}

  private record Versioned<V>(V value, int version) {}

  /** How often owners were invalidated; owners that share a slot are invalidated together. */
  static final class Versions {
    private final AtomicIntegerArray counts = new AtomicIntegerArray(4096);

    private int slot(UserId owner) {
      return Math.floorMod(owner.value().hashCode(), counts.length());
    }

    /** Nothing that was loaded for the owner before this counts any more. */
    void invalidate(UserId owner) {
      counts.incrementAndGet(slot(owner));
    }

    private int of(UserId owner) {
      return counts.get(slot(owner));
    }
  }

  InvalidatingCache(Duration time, Versions versions) {
    values =
        Caffeine.newBuilder()
            .maximumSize(MAX_ENTRIES)
            .<Key, Versioned<V>>expireAfter(Expiry.writing((key, value) -> upTo(time)))
            .build();
    this.versions = versions;
  }

  /** From half of the time on. */
  private static Duration upTo(Duration time) {
    return Duration.ofNanos(
        ThreadLocalRandom.current().nextLong(time.toNanos() / 2, time.toNanos() + 1));
  }

  /**
   * An owner's value.
   *
   * @param loader loads it, in the caller's thread; may be called by several at once
   */
  Optional<V> get(UserId owner, String name, Supplier<Optional<V>> loader) {
    Key key = new Key(owner, name);
    int version = versions.of(owner);
    Versioned<V> known = values.getIfPresent(key);
    if (known != null && known.version() == version) {
      return Optional.of(known.value());
    }
    Optional<V> found = loader.get();
    found.ifPresent(value -> values.put(key, new Versioned<>(value, version)));
    return found;
  }
}
