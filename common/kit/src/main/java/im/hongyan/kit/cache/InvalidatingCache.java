package im.hongyan.kit.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import im.hongyan.wire.id.UserId;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache of rows by owner and key. An entry ends when its owner is invalidated and at the latest
 * after a time, each a little earlier than another, so that what was loaded at once is not loaded
 * again at once. A load that began before its owner was invalidated is not kept. What was not found
 * is loaded again. Safe for use by several threads.
 */
public final class InvalidatingCache<V> {
  /** For what takes a hundred bytes or so. */
  public static final int MANY = 200_000;

  /** For what takes up to a kilobyte, such as profiles. */
  public static final int SOME = 20_000;

  private final Cache<Key, Versioned<V>> values;
  private final Versions versions;
  private final long keptNanos;
  private final Ticker ticker;

  private record Key(UserId owner, String name) {}

  /**
   * A value as it was loaded.
   *
   * @param untilNanos end of its time by the ticker; a cache that counted it would sort the entry
   *     anew with every reading
   */
  private record Versioned<V>(V value, int version, long untilNanos) {}

  /**
   * How often owners were invalidated, for all caches of one process; owners that share a slot are
   * invalidated together. Safe for use by several threads.
   */
  public static final class Versions {
    private final AtomicIntegerArray counts = new AtomicIntegerArray(4096);

    private int slot(UserId owner) {
      return Math.floorMod(owner.value().hashCode(), counts.length());
    }

    /** Nothing that was loaded for the owner before this counts any more. */
    public void invalidate(UserId owner) {
      counts.incrementAndGet(slot(owner));
    }

    private int of(UserId owner) {
      return counts.get(slot(owner));
    }
  }

  /**
   * Creates an empty cache.
   *
   * @param maxEntries of which those that are used least go first
   * @param time how long an entry is kept at most
   * @param versions which owners are invalidated
   */
  public InvalidatingCache(int maxEntries, Duration time, Versions versions) {
    this(maxEntries, time, versions, Ticker.systemTicker());
  }

  InvalidatingCache(int maxEntries, Duration time, Versions versions, Ticker ticker) {
    values = Caffeine.newBuilder().maximumSize(maxEntries).expireAfterWrite(time).build();
    this.versions = versions;
    this.ticker = ticker;
    keptNanos = time.toNanos();
  }

  /** Kept from half of the time on. */
  private void put(Key key, V value, int version) {
    long kept = ThreadLocalRandom.current().nextLong(keptNanos / 2, keptNanos + 1);
    values.put(key, new Versioned<>(value, version, ticker.read() + kept));
  }

  /**
   * An owner's value.
   *
   * @param loader loads it, in the caller's thread; may be called by several at once
   */
  public Optional<V> get(UserId owner, String name, Supplier<Optional<V>> loader) {
    Key key = new Key(owner, name);
    int version = versions.of(owner);
    V known = valid(values.getIfPresent(key), version);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<V> found = loader.get();
    found.ifPresent(value -> put(key, value, version));
    return found;
  }

  /**
   * The values of several owners that have one, by owner.
   *
   * @param loader loads those that are not cached, all at once, in the caller's thread
   */
  public Map<UserId, V> getAll(
      Collection<UserId> owners, String name, Function<Collection<UserId>, Map<UserId, V>> loader) {
    Map<UserId, V> found = HashMap.newHashMap(owners.size());
    Map<UserId, Integer> missing = new HashMap<>();
    for (UserId owner : owners) {
      int version = versions.of(owner);
      V known = valid(values.getIfPresent(new Key(owner, name)), version);
      if (known == null) {
        missing.put(owner, version);
      } else {
        found.put(owner, known);
      }
    }
    if (missing.isEmpty()) {
      return found;
    }
    Map<UserId, V> loaded = loader.apply(List.copyOf(missing.keySet()));
    missing.forEach((owner, version) -> {
      V value = loaded.get(owner);
      if (value != null) {
        found.put(owner, value);
        put(new Key(owner, name), value, version);
      }
    });
    return found;
  }

  private @Nullable V valid(@Nullable Versioned<V> known, int version) {
    return known != null && known.version() == version && ticker.read() - known.untilNanos() < 0
        ? known.value()
        : null;
  }
}
