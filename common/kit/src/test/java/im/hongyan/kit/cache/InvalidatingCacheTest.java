package im.hongyan.kit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.wire.id.UserId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Proves that what is cached of an owner's rows ends when they change. */
class InvalidatingCacheTest {
  private final InvalidatingCache.Versions versions = new InvalidatingCache.Versions();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
  private final InvalidatingCache<String> cache =
      new InvalidatingCache<>(100, Duration.ofHours(1), versions, nanos::get);
  private final AtomicInteger loads = new AtomicInteger();

  private Optional<String> get(String owner, String name) {
    return cache.get(
        new UserId(owner), name, () -> Optional.of("answer " + loads.incrementAndGet()));
  }

  @Test
  void anAnswerIsKeptUntilItsOwnerIsInvalidated() {
    assertThat(get("alice", "bob")).contains("answer 1");
    assertThat(get("alice", "bob")).contains("answer 1");
    assertThat(get("alice", "carol")).contains("answer 2");
    assertThat(get("bob", "alice")).contains("answer 3");
    versions.invalidate(new UserId("alice"));
    assertThat(get("bob", "alice")).as("another's").contains("answer 3");
    assertThat(get("alice", "bob")).contains("answer 4");
    assertThat(get("alice", "carol")).contains("answer 5");
    assertThat(get("alice", "bob")).contains("answer 4");
  }

  @Test
  void whatWasLoadedBeforeTheOwnerWasInvalidatedIsNotKept() {
    Optional<String> old =
        cache.get(
            new UserId("alice"),
            "bob",
            () -> {
              versions.invalidate(new UserId("alice"));
              return Optional.of("as it was before");
            });
    assertThat(old).contains("as it was before");
    assertThat(get("alice", "bob")).contains("answer 1");
  }

  @Test
  void anAnswerEndsWithItsTime() {
    assertThat(get("alice", "bob")).contains("answer 1");
    nanos.addAndGet(Duration.ofMinutes(29).toNanos());
    assertThat(get("alice", "bob")).contains("answer 1");
    nanos.addAndGet(Duration.ofMinutes(32).toNanos());
    assertThat(get("alice", "bob")).contains("answer 2");
  }

  @Test
  void whatWasNotFoundIsLoadedAgain() {
    assertThat(cache.get(new UserId("alice"), "bob", Optional::empty)).isEmpty();
    assertThat(get("alice", "bob")).contains("answer 1");
  }

  private Map<UserId, String> getAll(String... owners) {
    return cache.getAll(Stream.of(owners).map(UserId::new).toList(), "", this::loadAll);
  }

  /** All but nobody. */
  private Map<UserId, String> loadAll(Collection<UserId> owners) {
    int load = loads.incrementAndGet();
    return owners.stream()
        .filter(owner -> !owner.value().equals("nobody"))
        .collect(Collectors.toMap(owner -> owner, owner -> "answer " + load));
  }

  @Test
  void severalOwnersAreLoadedAtOnceAndOnlyThoseThatAreMissing() {
    UserId alice = new UserId("alice");
    UserId bob = new UserId("bob");
    assertThat(getAll("alice", "nobody")).isEqualTo(Map.of(alice, "answer 1"));
    assertThat(getAll("alice")).isEqualTo(Map.of(alice, "answer 1"));
    assertThat(getAll("bob", "alice")).isEqualTo(Map.of(alice, "answer 1", bob, "answer 2"));
    versions.invalidate(alice);
    assertThat(getAll("bob", "alice")).isEqualTo(Map.of(alice, "answer 3", bob, "answer 2"));
    assertThat(getAll("nobody")).isEmpty();
    assertThat(loads).hasValue(4);
  }

  @Test
  void ofSeveralWhatWasLoadedBeforeItsOwnerWasInvalidatedIsNotKept() {
    UserId alice = new UserId("alice");
    cache.getAll(
        List.of(alice),
        "",
        owners -> {
          versions.invalidate(alice);
          return Map.of(alice, "as it was before");
        });
    assertThat(getAll("alice")).isEqualTo(Map.of(alice, "answer 1"));
  }
}
