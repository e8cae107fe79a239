package im.hongyan.messagelog.redis;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneViews;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection for the tests of a class, and a lane of its own for each of them. */
@ExtendWith(TestStoresExtension.class)
abstract class LaneContract {
  static Redis redis;
  static LaneCache cache;
  static LaneViews views;

  LaneFixture lane;

  @BeforeAll
  static void open(TestStores servers) {
    redis = Redis.open(servers.redisUri());
    cache = new RedisLaneCache(redis);
    views = new RedisLaneViews(redis);
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
}
