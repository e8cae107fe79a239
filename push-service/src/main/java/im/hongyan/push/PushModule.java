package im.hongyan.push;

import im.hongyan.kit.platform.Platform;
import im.hongyan.push.online.Pusher;
import im.hongyan.stores.kafka.Checkpoints;
import im.hongyan.stores.kafka.LaneConsumer;
import im.hongyan.stores.kafka.Topics;
import im.hongyan.stores.redis.LanePositions;
import im.hongyan.stores.redis.Redis;

/** push-service put together. */
public final class PushModule {
  private static final int BATCH = 500;

  private PushModule() {}

  /** Starts to push; the platform's lifecycle ends it. */
  public static void start(PushConfig config, Platform platform, Redis redis) {
    LanePositions positions =
        platform
            .lifecycle()
            .add("lane positions", new LanePositions(redis, config.kafka().lanes()));
    Checkpoints checkpoints =
        platform
            .lifecycle()
            .add(
                "push checkpoints",
                new Checkpoints(config.kafka(), Pusher.GROUP, Topics.SEQUENCED));
    Pusher pusher = new Pusher(positions, checkpoints, platform);
    LaneConsumer consumer =
        platform
            .lifecycle()
            .add(
                "pusher",
                new LaneConsumer(
                    config.kafka(),
                    new LaneConsumer.Reading(
                        Topics.SEQUENCED, Pusher.GROUP, platform.nodeId(), false, BATCH),
                    pusher));
    platform.readiness().add(Pusher.GROUP, consumer::settled);
  }
}
