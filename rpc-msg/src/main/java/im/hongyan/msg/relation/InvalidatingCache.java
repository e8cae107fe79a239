package im.hongyan.msg.relation;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Supplier;

/**
 * Found answers about rows of owners, until their owner is forgotten and no longer than a time,
 * each a little shorter than another so that what was asked at once is not asked again at once. An
 * answer that was asked for before its owner was forgotten counts as little as one that was
 * remembered before. What was not found is asked again. Safe for use by several threads.
 */
final class InvalidatingCache<V> {
  private static final int MAX_REMEMBERED = 200_000;

  private final Cache<Key, Answer<V>> answers;
  private final Changes changes;

  private record Key(String owner, String matter) {}

  private record Answer<V>(V value, int change) {}

  /** How often owners were forgotten; owners that share a place are forgotten together. */
  static final class Changes {
    private final AtomicIntegerArray counts = new AtomicIntegerArray(4096);

    private int place(String owner) {
      return Math.floorMod(owner.hashCode(), counts.length());
    }

    /** Nothing that was asked about the owner before this counts any more. */
    void forget(String owner) {
      counts.incrementAndGet(place(owner));
    }

    private int of(String owner) {
      return counts.get(place(owner));
    }
  }

  InvalidatingCache(Duration time, Changes changes) {
    answers =
        Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            .<Key, Answer<V>>expireAfter(Expiry.writing((key, answer) -> upTo(time)))
            .build();
    this.changes = changes;
  }

  /** From half of the time on. */
  private static Duration upTo(Duration time) {
    return Duration.ofNanos(
        ThreadLocalRandom.current().nextLong(time.toNanos() / 2, time.toNanos() + 1));
  }

  /**
   * What is known about an owner's matter.
   *
   * @param asked asks for it, in the caller's thread; may be asked by several at once
   */
  Optional<V> get(String owner, String matter, Supplier<Optional<V>> asked) {
    Key key = new Key(owner, matter);
    int change = changes.of(owner);
    Answer<V> known = answers.getIfPresent(key);
    if (known != null && known.change() == change) {
      return Optional.of(known.value());
    }
    Optional<V> found = asked.get();
    found.ifPresent(value -> answers.put(key, new Answer<>(value, change)));
    return found;
  }
}
