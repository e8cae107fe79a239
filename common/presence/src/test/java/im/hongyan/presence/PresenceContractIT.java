package im.hongyan.presence;

import static im.hongyan.testkit.Eventually.eventually;
import static im.hongyan.testkit.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.presence.PresenceReader.Page;
import im.hongyan.testkit.net.Link;
import im.hongyan.wire.error.ImException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Proves that a gateway's users are found where it registered them, that they go offline by
 * themselves with it, and that a gateway whose registrations Redis lost, or may have lost, learns
 * that before it changes anything.
 */
class PresenceContractIT extends PresenceContract {
  private static final NodePresence UNKNOWN = new NodePresence(false, Map.of());
  private static final String BOB = "bob";

  private static Map<String, Set<Integer>> users(int count) {
    return IntStream.range(0, count)
        .boxed()
        .collect(Collectors.toMap(i -> "user" + i, i -> Set.of(1 + i % 11)));
  }

  @Test
  void whatIsWrittenIsRead() {
    writer.writeAll(Map.of("alice", Set.of(5, 1, 11), BOB, Set.of(2), "carol", Set.of(3)));
    assertThat(writer.write(Map.of(BOB, Set.of(), "carol", Set.of(4), "dave", Set.of(2)))).isTrue();
    NodePresence found = read("alice", "nobody", BOB, "carol", "dave", "alice", "");
    assertThat(found)
        .isEqualTo(
            complete(Map.of("alice", Set.of(1, 5, 11), "carol", Set.of(4), "dave", Set.of(2))));
    assertThat(found.platforms().get("alice")).as("ascending").containsExactly(1, 5, 11);
    assertThat(read()).isEqualTo(complete(Map.of()));
  }

  @Test
  void nodesAreReadTogetherAndApart() {
    PresenceWriter other = new PresenceWriter(redis, node + "x");
    writer.writeAll(Map.of(BOB, Set.of(1)));
    other.writeAll(Map.of(BOB, Set.of(2)));
    assertThat(reader.read(List.of(node, node + "x", "none", node), List.of(BOB, "alice")))
        .isEqualTo(
            Map.of(
                node,
                complete(Map.of(BOB, Set.of(1))),
                node + "x",
                complete(Map.of(BOB, Set.of(2))),
                "none",
                UNKNOWN));
    assertThat(reader.read(List.of(), List.of(BOB))).isEmpty();
  }

  @Test
  void everyoneReplacesWhoWasThere() {
    writer.writeAll(Map.of("alice", Set.of(1), BOB, Set.of(1)));
    writer.writeAll(Map.of(BOB, Set.of(2), "carol", Set.of()));
    assertThat(read("alice", BOB, "carol")).isEqualTo(complete(Map.of(BOB, Set.of(2))));
    writer.writeAll(Map.of());
    assertThat(read(BOB)).as("known to hold nobody").isEqualTo(complete(Map.of()));
    assertThat(writer.write(Map.of(BOB, Set.of(1)))).isTrue();
  }

  @Test
  void moreUsersThanOneCommandNamesAreAllThere() {
    writer.writeAll(users(2_500));
    assertThat(read(users(2_600).keySet())).isEqualTo(complete(users(2_500)));
    assertThat(writer.write(users(3_700))).isTrue();
    assertThat(read(users(3_800).keySet())).isEqualTo(complete(users(3_700)));
  }

  @Test
  void idsAreAnyBytesButNone() {
    Map<String, Set<Integer>> odd =
        Map.of("a:1", Set.of(1), "鸿雁", Set.of(2), "\0", Set.of(3), " ", Set.of(4), "m", Set.of(5));
    writer.writeAll(odd);
    assertThat(read(odd.keySet())).isEqualTo(complete(odd));
    assertThat(writer.write(odd)).isTrue();
    assertThat(reader.scan(node, 0, 100)).isEqualTo(new Page(0, odd));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.write(Map.of("", Set.of(1), BOB, Set.of(1))));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.writeAll(Map.of("", Set.of())));
    for (int none : List.of(0, -1, 128, 257)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.write(Map.of("a", Set.of(), BOB, Set.of(1, none))));
    }
    assertThat(read(BOB)).isEqualTo(complete(Map.of()));
    assertThat(writer.renew()).as("nothing was sent").isTrue();
  }

  @Test
  void nobodyWritesBeforeEveryoneIsRegistered() {
    assertThat(writer.write(Map.of(BOB, Set.of(1)))).isFalse();
    assertThat(writer.renew()).isFalse();
    assertThat(read(BOB)).isEqualTo(UNKNOWN);
  }

  @Test
  void anEmptiedRedisIsLost() {
    writer.writeAll(Map.of("alice", Set.of(1)));
    Redis.await(redis.commands().flushall());
    assertThat(writer.write(Map.of(BOB, Set.of(1)))).isFalse();
    assertThat(read("alice", BOB)).isEqualTo(UNKNOWN);
    assertThat(writer.write(Map.of(BOB, Set.of(1)))).as("lost until registered").isFalse();
    writer.writeAll(Map.of(BOB, Set.of(1)));
    assertThat(writer.write(Map.of("alice", Set.of(2)))).isTrue();
    assertThat(read("alice", BOB)).isEqualTo(complete(Map.of(BOB, Set.of(1), "alice", Set.of(2))));
    Redis.await(redis.commands().flushall());
    assertThat(writer.renew()).isFalse();
  }

  @Test
  void aRedisThatWentBackIsLost() {
    writer.writeAll(Map.of("alice", Set.of(1)));
    byte[] before = Redis.await(redis.commands().hget(key(), PresenceKeys.MARKER));
    assertThat(writer.write(Map.of(BOB, Set.of(1)))).isTrue();
    Redis.await(redis.commands().hdel(key(), RedisScript.bytes(BOB)));
    Redis.await(redis.commands().hset(key(), PresenceKeys.MARKER, before));
    assertThat(writer.write(Map.of("carol", Set.of(1)))).isFalse();
    assertThat(read("alice", BOB, "carol")).isEqualTo(complete(Map.of("alice", Set.of(1))));
    assertThat(writer.renew()).isFalse();
    writer.writeAll(Map.of(BOB, Set.of(1)));
    assertThat(read("alice", BOB)).isEqualTo(complete(Map.of(BOB, Set.of(1))));
  }

  @Test
  void aRedisThatWentBackIsLostToARenewalToo() {
    writer.writeAll(Map.of());
    byte[] before = Redis.await(redis.commands().hget(key(), PresenceKeys.MARKER));
    assertThat(writer.write(Map.of(BOB, Set.of(1)))).isTrue();
    Redis.await(redis.commands().hset(key(), PresenceKeys.MARKER, before));
    assertThat(writer.renew()).isFalse();
  }

  @Test
  void usersGoOfflineWithTheirGateway() {
    writer.writeAll(users(1_500));
    shorten();
    assertThat(writer.write(Map.of(BOB, Set.of(1)))).isTrue();
    assertThat(leaseMillis()).isBetween(5_001L, PresenceKeys.LEASE_MILLIS);
    shorten();
    assertThat(writer.renew()).isTrue();
    assertThat(leaseMillis()).isBetween(5_001L, PresenceKeys.LEASE_MILLIS);
    shorten();
    writer.writeAll(Map.of(BOB, Set.of(1)));
    assertThat(leaseMillis()).isBetween(5_001L, PresenceKeys.LEASE_MILLIS);
    Redis.await(redis.commands().pexpire(key(), 1));
    eventually(() -> assertThat(read(BOB)).isEqualTo(UNKNOWN));
    assertThat(writer.renew()).isFalse();
  }

  private void shorten() {
    Redis.await(redis.commands().pexpire(key(), 1_000));
  }

  private long leaseMillis() {
    return Redis.await(redis.commands().pttl(key()));
  }

  @Test
  void theLaterOfTwoIncarnationsHasTheNode() {
    writer.writeAll(Map.of("alice", Set.of(1)));
    PresenceWriter later = new PresenceWriter(redis, node);
    later.writeAll(Map.of(BOB, Set.of(1)));
    assertThat(writer.write(Map.of("alice", Set.of(1)))).isFalse();
    writer.leave();
    assertThat(read("alice", BOB)).isEqualTo(complete(Map.of(BOB, Set.of(1))));
    assertThat(later.renew()).isTrue();
    writer = new PresenceWriter(redis, node);
    assertThat(writer.renew()).isFalse();
  }

  @Test
  void whoLeavesTakesItsUsersAlong() {
    writer.writeAll(Map.of(BOB, Set.of(1)));
    writer.leave();
    assertThat(read(BOB)).isEqualTo(UNKNOWN);
    assertThat(writer.renew()).isFalse();
  }

  @Test
  void aNodeThatIsBeingFilledIsNotComplete() {
    writer.writeAll(Map.of(BOB, Set.of(1)));
    byte[] filling = PresenceKeys.marker(false, "0123456789abcdef", 7);
    Redis.await(redis.commands().hset(key(), PresenceKeys.MARKER, filling));
    assertThat(read(BOB)).isEqualTo(new NodePresence(false, Map.of(BOB, Set.of(1))));
    byte[] newer = RedisScript.bytes("2c0123456789abcdef:7");
    Redis.await(redis.commands().hset(key(), PresenceKeys.MARKER, newer));
    assertThat(read(BOB).complete()).as("a format of later versions").isFalse();
  }

  /** Wherever the loss falls, no node is complete without the users that were lost. */
  @Test
  void whatIsLostWhileFillingIsNoticed() throws InterruptedException {
    Map<String, Set<Integer>> everyone = users(50_000);
    Thread emptier =
        Thread.ofVirtual()
            .start(() -> {
              until(
                  "some users are there",
                  () -> Redis.await(redis.commands().hlen(key())) > PresenceKeys.MAX_USERS);
              Redis.await(redis.commands().del(key()));
            });
    boolean noticed = false;
    try {
      writer.writeAll(everyone);
    } catch (ImException disturbed) {
      assertThat(disturbed).hasMessageContaining("disturbed");
      noticed = true;
    }
    emptier.join();
    assertThat(writer.renew()).isFalse();
    assertThat(read("user1").complete()).isFalse();
    System.out.println("the loss fell " + (noticed ? "into" : "after") + " the filling");
  }

  @Test
  void aWriteThatMayHaveArrivedEndsInLost() {
    try (Link link = link();
        Redis far = Redis.open(through(link))) {
      PresenceWriter away = new PresenceWriter(far, node);
      PresenceReader outside = new PresenceReader(far);
      away.writeAll(Map.of(BOB, Set.of(1)));
      link.cut();
      fails(() -> away.write(Map.of(BOB, Set.of())));
      fails(() -> outside.read(List.of(node), List.of(BOB)));
      fails(() -> outside.scan(node, 0, 10));
      fails(new PresenceWriter(far, node)::leave);
      link.mend();
      eventually(() -> outside.read(List.of(node), List.of(BOB)));
      assertThat(away.renew()).isFalse();
      assertThat(away.write(Map.of(BOB, Set.of(2)))).isFalse();
      away.writeAll(Map.of(BOB, Set.of(2)));
      assertThat(away.write(Map.of("alice", Set.of(1)))).isTrue();
      assertThat(read("alice", BOB))
          .isEqualTo(complete(Map.of("alice", Set.of(1), BOB, Set.of(2))));
    }
  }

  @Test
  void aRenewalThatMayHaveArrivedIsRepeated() {
    try (Link link = link();
        Redis far = Redis.open(through(link))) {
      PresenceWriter away = new PresenceWriter(far, node);
      away.writeAll(Map.of(BOB, Set.of(1)));
      Redis.await(redis.commands().persist(key()));
      link.cut();
      fails(away::renew);
      link.mend();
      eventually(() -> Redis.await(far.commands().ping()));
      assertThat(away.renew()).isTrue();
      assertThat(leaseMillis()).isPositive();
    }
  }

  @Test
  void everyoneIsListedPageByPage() {
    Map<String, Set<Integer>> everyone = users(5_000);
    writer.writeAll(everyone);
    Map<String, Set<Integer>> listed = new HashMap<>();
    long cursor = 0;
    int pages = 0;
    do {
      Page page = reader.scan(node, cursor, 500);
      listed.putAll(page.platforms());
      cursor = page.cursor();
      pages++;
    } while (cursor != 0);
    assertThat(listed).isEqualTo(everyone);
    assertThat(pages).isGreaterThan(1);
    assertThat(reader.scan("none", 0, 500)).isEqualTo(new Page(0, Map.of()));
  }

  /** No assertion on time; the figures are for whoever reads the log. */
  @Test
  void aHundredThousandUsersAreWrittenAndRead() {
    Map<String, Set<Integer>> everyone = users(100_000);
    long start = System.nanoTime();
    writer.writeAll(everyone);
    long written = System.nanoTime();
    assertThat(read(everyone.keySet())).isEqualTo(complete(everyone));
    long read = System.nanoTime();
    List<String> few = everyone.keySet().stream().limit(500).toList();
    for (int i = 0; i < 100; i++) {
      assertThat(read(few).platforms()).hasSize(500);
    }
    long readFew = System.nanoTime();
    long bytes = Redis.await(redis.commands().memoryUsage(key()));
    System.out.printf(
        "100,000 users: written in %d ms, read in %d ms, 500 of them in %d us; %d bytes each%n",
        (written - start) / 1_000_000,
        (read - written) / 1_000_000,
        (readFew - read) / 100_000,
        bytes / 100_000);
  }
}
