package im.hongyan.messagelog.redis;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.LaneState;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Proves that who waits for a record hears of it, by news or by asking, and never too early. */
class LanePositionsContractIT extends LaneContract {
  private static final int LANES = 1100;

  private void subscribed() {
    String channel = new String(LaneKeys.channel(lane.lane), StandardCharsets.US_ASCII);
    eventually(() ->
        assertThat(
                Redis.await(
                    redis.commands().pubsubNumsub(channel.getBytes(StandardCharsets.US_ASCII))))
            .containsValue(1L));
  }

  @Test
  void aNewPositionIsReceived() {
    LaneState state = lane.openAt(10);
    try (LanePositions positions = new LanePositions(redis, LANES)) {
      subscribed();
      state = lane.apply(state);
      eventually(() -> assertThat(positions.known(lane.lane)).isEqualTo(11));
      lane.apply(state);
      eventually(() -> assertThat(positions.known(lane.lane)).isEqualTo(12));
    }
  }

  @Test
  void aTakeOverIsNewsToo() {
    try (LanePositions positions = new LanePositions(redis, LANES)) {
      subscribed();
      lane.openAt(20);
      eventually(() -> assertThat(positions.known(lane.lane)).isEqualTo(20));
    }
  }

  @Test
  void whatNobodyPublishedIsAskedFor() {
    lane.openAt(10);
    try (LanePositions positions = new LanePositions(redis, LANES)) {
      assertThat(positions.known(lane.lane)).isEqualTo(-1);
      positions.ask(lane.lane);
      assertThat(positions.known(lane.lane)).isEqualTo(10);
      positions.ask(lane.lane + 1);
      assertThat(positions.known(lane.lane + 1)).as("a lane unknown to Redis").isEqualTo(-1);
    }
  }

  @Test
  void newsOfOneLaneAreNoNewsOfAnother() {
    lane.openAt(10);
    LaneFixture other = new LaneFixture(cache);
    LaneState state = other.openAt(10);
    try (LanePositions positions = new LanePositions(redis, LANES)) {
      subscribed();
      cache.apply(other.lane, state, 50, LaneFixture.batch(), true);
      eventually(() -> assertThat(positions.known(other.lane)).isEqualTo(50));
      assertThat(positions.known(lane.lane)).isLessThan(50);
    }
  }
}
