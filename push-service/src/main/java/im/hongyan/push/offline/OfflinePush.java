package im.hongyan.push.offline;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.ConsumerGroups;
import im.hongyan.messagelog.kafka.KafkaAdmin;
import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.push.online.OfflineHandOff;
import im.hongyan.webhooks.PushHooks;
import java.time.Duration;

/** The hand-off and what takes it, put together. */
public final class OfflinePush {
  private static final int BATCH = 500;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  private OfflinePush() {}

  /**
   * Starts to notify users, and returns the way to it; the context's lifecycle ends it. Where
   * nobody is to be notified, nothing is started and nothing handed over.
   */
  public static OfflineHandOff start(
      OfflineConfig config,
      KafkaConfig kafka,
      KafkaAdmin admin,
      PushHooks hooks,
      ServiceContext context) {
    if (config.provider() == OfflineConfig.Provider.NONE) {
      return OfflineHandOff.NONE;
    }
    Checkpoints checkpoints = new Checkpoints(admin, ConsumerGroups.OFFLINE, Topics.OFFLINE_PUSH);
    OfflineSender sender =
        context
            .lifecycle()
            .add(
                "offline provider",
                new OfflineSender(
                    lane -> checkpoints.read(lane).offset(),
                    new RpcOptions(context.locator()),
                    hooks,
                    config.open(),
                    new OfflineSender.Tries(config.attempts(), FIRST_PAUSE),
                    context.meters()));
    LaneConsumer consumer =
        context
            .lifecycle()
            .add(
                "offline sender",
                new LaneConsumer(
                    kafka,
                    new LaneConsumer.Reading(
                        Topics.OFFLINE_PUSH,
                        ConsumerGroups.OFFLINE,
                        context.nodeId(),
                        false,
                        BATCH),
                    sender));
    context.readiness().add(ConsumerGroups.OFFLINE, consumer::isRunning, consumer::faults);
    LaneProducer producer =
        context
            .lifecycle()
            .add("offline hand-off", new LaneProducer(kafka, context.nodeId() + "-offline"));
    producer.awaitTopic(Topics.OFFLINE_PUSH);
    return new KafkaHandOff(producer);
  }
}
