package im.hongyan.messagelog.redis;

import static im.hongyan.messagelog.redis.LaneFixture.NOON;
import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.Secret;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.testkit.net.Link;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.lettuce.core.RedisURI;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that Redis may forget its scripts, go away and come back: 500 meanwhile, then at work. */
@ExtendWith(TestStoresExtension.class)
class RedisOutageContractIT {
  private static Secret uri;
  private static Redis redis;
  private static LaneCache cache;

  private LaneFixture lane;

  @BeforeAll
  static void open(TestStores servers) {
    uri = servers.redisUri();
    redis = Redis.open(uri);
    cache = new RedisLaneCache(redis);
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

  private static Link link() {
    RedisURI address = RedisURI.create(uri.reveal());
    return new Link(address.getHost(), address.getPort());
  }

  private static Secret through(Link link) {
    RedisURI address = RedisURI.create(uri.reveal());
    return new Secret(
        uri.reveal()
            .replace(address.getHost() + ":" + address.getPort(), "127.0.0.1:" + link.port()));
  }

  private static void fails(Runnable operation) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(operation::run)
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("Redis does not answer");
  }

  @Test
  void scriptsThatTheServerForgotAreSentAgain() {
    LaneState state = lane.openAt(10);
    forget();
    state = lane.apply(state, lane.copy(1, "c1"));
    forget();
    var candidates = List.of(lane.candidate("c2"));
    assertThat(cache.admit(lane.lane, state, 11, candidates, NOON).admissions()).hasSize(1);
    forget();
    assertThat(cache.state(lane.lane)).isEqualTo(state);
    forget();
    assertThat(cache.open(lane.lane, state, cache.server(lane.lane))).isTrue();
    forget();
    assertThat(cache.publish(lane.lane, new LaneState("n", 12, true, 0), 0, state, -1)).isTrue();
  }

  private static void forget() {
    assertThat(Redis.await(redis.commands().scriptFlush())).isEqualTo("OK");
  }

  @Test
  void awayIsFailure500AndBackIsAtWorkAgain() {
    LaneState state = lane.openAt(10);
    try (Link link = link();
        Redis far = Redis.open(through(link))) {
      LaneCache away = new RedisLaneCache(far);
      assertThat(away.state(lane.lane)).isEqualTo(state);
      link.cut();
      fails(() -> away.state(lane.lane));
      fails(() -> away.apply(lane.lane, state, 11, LaneFixture.batch(lane.copy(1, "c1")), true));
      fails(() -> away.admit(lane.lane, state, 10, List.of(lane.candidate("c")), NOON));
      fails(() -> away.load(lane.lane, "g", 0, LaneFixture.batch()));
      fails(() -> away.publish(lane.lane, state, 0, LaneState.ABSENT, -1));
      link.mend();
      eventually(() -> assertThat(away.state(lane.lane)).isEqualTo(state));
      assertThat(away.apply(lane.lane, state, 11, LaneFixture.batch(lane.copy(1, "c1")), true))
          .isTrue();
    }
  }

  @Test
  void newsComeAgainAfterAnOutage() {
    LaneState state = lane.openAt(10);
    try (Link link = link();
        Redis far = Redis.open(through(link));
        LanePositions positions = new LanePositions(far, 1100)) {
      link.cut();
      fails(() -> positions.ask(lane.lane));
      lane.apply(state);
      link.mend();
      eventually(() -> {
        positions.ask(lane.lane);
        assertThat(positions.known(lane.lane)).isEqualTo(11);
      });
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedInOneLineWithoutItsPassword() {
    int port;
    try (Link link = link()) {
      port = link.port();
    }
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> Redis.open(new Secret("redis://:hidden@127.0.0.1:" + port)))
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("Redis at 127.0.0.1:" + port + " does not answer")
        .withMessageContaining("redis.uri")
        .withMessageNotContaining("hidden");
  }
}
