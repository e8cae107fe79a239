package im.hongyan.stores.redis;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.stores.servers.StoreServers;
import im.hongyan.stores.servers.StoreServersExtension;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that who waits for a record hears of it, by news or by asking, and never too early. */
@ExtendWith(StoreServersExtension.class)
class LanePositionsContractIT {
  private static final int LANES = 1100;
  private static final long LONG_MILLIS = 60_000;
  private static Redis redis;
  private static LaneCache cache;

  private LaneFixture lane;

  @BeforeAll
  static void open(StoreServers servers) {
    redis = Redis.open(servers.redisUri());
    cache = new LaneCache(redis);
  }

  @AfterAll
  static void close() {
    if (redis != null) {
      redis.close();
    }
  }

  @BeforeEach
  void takeALane() {
    lane = new LaneFixture(cache);
  }

  private CompletableFuture<Boolean> waiting(LanePositions positions, long offset) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return positions.await(lane.lane, offset, LONG_MILLIS);
      } catch (InterruptedException e) {
        throw new CompletionException(e);
      }
    });
  }

  private void subscribed() {
    String channel = new String(LaneKeys.channel(lane.lane), StandardCharsets.US_ASCII);
    eventually(() ->
        assertThat(
                Redis.await(
                    redis.commands().pubsubNumsub(channel.getBytes(StandardCharsets.US_ASCII))))
            .containsValue(1L));
  }

  @Test
  void newsEndTheWait() {
    LaneState state = lane.openAt(10);
    try (LanePositions positions = new LanePositions(redis, LANES)) {
      subscribed();
      var early = waiting(positions, 11);
      var late = waiting(positions, 12);
      state = lane.apply(state);
      assertThat(early.join()).isTrue();
      lane.apply(state);
      assertThat(late.join()).isTrue();
    }
  }

  @Test
  void aTakeOverIsNewsToo() {
    try (LanePositions positions = new LanePositions(redis, LANES)) {
      subscribed();
      var waiting = waiting(positions, 20);
      lane.openAt(20);
      assertThat(waiting.join()).isTrue();
    }
  }

  @Test
  void whatNobodyToldIsAskedFor() throws InterruptedException {
    lane.openAt(10);
    try (LanePositions positions = new LanePositions(redis, LANES)) {
      assertThat(positions.await(lane.lane, 10, 0)).isTrue();
      assertThat(positions.await(lane.lane, 11, 0)).isFalse();
      assertThat(positions.await(lane.lane + 1, 0, 0)).as("a lane unknown to Redis").isFalse();
    }
  }

  @Test
  void newsOfOneLaneAreNoNewsOfAnother() throws InterruptedException {
    lane.openAt(10);
    LaneFixture other = new LaneFixture(cache);
    LaneState state = other.openAt(10);
    try (LanePositions positions = new LanePositions(redis, LANES)) {
      subscribed();
      cache.apply(other.lane, state, 50, List.of(), true);
      assertThat(positions.await(other.lane, 50, LONG_MILLIS)).isTrue();
      assertThat(positions.await(lane.lane, 50, 0)).isFalse();
    }
  }
}
