package im.hongyan.presence;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.proto.presence.PresenceChange;
import im.hongyan.testkit.net.Link;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Proves that every change is published once, and that who may have missed one is notified of that.
 */
class PresenceChangeFeedContractIT extends PresenceContract {
  private final List<PresenceChange> changes = new CopyOnWriteArrayList<>();
  private final AtomicInteger missed = new AtomicInteger();

  private AutoCloseable listen(PresenceReader from) {
    return from.listen(changes::add, missed::incrementAndGet);
  }

  private PresenceChange change(String... users) {
    return PresenceChange.newBuilder().setNodeId(node).addAllUserIds(List.of(users)).build();
  }

  @Test
  void changesArePublishedInTheirOrder() throws Exception {
    try (AutoCloseable _ = listen(reader)) {
      writer.writeAll(Map.of("alice", Set.of(1)));
      assertThat(writer.write(Map.of("bob", Set.of(1)))).isTrue();
      assertThat(writer.renew()).isTrue();
      assertThat(writer.write(Map.of())).isTrue();
      PresenceWriter later = new PresenceWriter(redis, node);
      assertThat(later.write(Map.of("lost", Set.of(1)))).isFalse();
      later.leave();
      Redis.await(redis.commands().publish(PresenceKeys.CHANNEL, RedisScript.bytes("junk")));
      assertThat(writer.write(Map.of("bob", Set.of()))).isTrue();
      writer.leave();
      eventually(() ->
          assertThat(changes).containsExactly(change(), change("bob"), change("bob"), change()));
      assertThat(missed).as("the subscription itself").hasValue(1);
    }
  }

  @Test
  void everyUserOfALargeChangeIsPublished() throws Exception {
    Map<String, Set<Integer>> many =
        IntStream.range(0, 2_500).boxed().collect(Collectors.toMap(i -> "u" + i, i -> Set.of(1)));
    writer.writeAll(Map.of());
    try (AutoCloseable _ = listen(reader)) {
      assertThat(writer.write(many)).isTrue();
      eventually(() -> {
        Set<String> reported = new HashSet<>();
        changes.forEach(one -> reported.addAll(one.getUserIdsList()));
        assertThat(reported).isEqualTo(many.keySet());
      });
    }
  }

  @Test
  void whoWasCutOffIsNotifiedAndReceivesAgain() throws Exception {
    writer.writeAll(Map.of());
    try (Link link = link();
        Redis far = Redis.open(through(link));
        AutoCloseable _ = listen(new PresenceReader(far))) {
      eventually(() -> assertThat(missed).hasValue(1));
      link.cut();
      assertThat(writer.write(Map.of("unseen", Set.of(1)))).isTrue();
      link.mend();
      eventually(() -> assertThat(missed).hasValue(2));
      assertThat(writer.write(Map.of("bob", Set.of(1)))).isTrue();
      eventually(() -> assertThat(changes).containsExactly(change("bob")));
    }
  }

  @Test
  void noOneIsNotifiedWhileRedisIsAway() {
    try (Link link = link();
        Redis far = Redis.open(through(link))) {
      PresenceReader reader = new PresenceReader(far);
      link.cut();
      fails(() -> listen(reader));
    }
  }

  @Test
  void whoIsTooSlowIsNotifiedThatSomeWereMissed() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    try (AutoCloseable listening =
        reader.listen(
            change -> {
              changes.add(change);
              await(busy);
            },
            missed::incrementAndGet)) {
      eventually(() -> assertThat(missed).as("the subscription itself").hasValue(1));
      byte[] payload = PresenceKeys.change(change("bob"));
      for (int i = 0; i < 2_000; i++) {
        ((PresenceListener) listening).take(payload);
      }
      busy.countDown();
      eventually(() -> assertThat(missed).hasValueGreaterThan(1));
      assertThat(changes).hasSizeLessThan(2_000);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
