package im.hongyan.push;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.ConsumerGroups;
import im.hongyan.messagelog.kafka.KafkaAdmin;
import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.redis.LanePositions;
import im.hongyan.presence.PresenceReader;
import im.hongyan.proto.push.PushMsgServiceGrpc;
import im.hongyan.push.offline.OfflinePush;
import im.hongyan.push.online.Pusher;
import im.hongyan.push.storage.MySqlPushTokenStore;
import im.hongyan.push.token.PushTokens;
import im.hongyan.relationclient.GroupViewCache;
import im.hongyan.webhooks.PushHooks;

/** push-service put together. */
public final class PushModule {
  private static final int BATCH = 500;

  private PushModule() {}

  /** Starts to push, and serves push tokens; the context's lifecycle ends it. */
  public static void start(PushConfig config, ServiceContext context, MySql mysql, Redis redis) {
    LanePositions positions =
        context.lifecycle().add("lane positions", new LanePositions(redis, config.kafka().lanes()));
    KafkaAdmin admin = context.lifecycle().add("push admin", new KafkaAdmin(config.kafka()));
    Checkpoints checkpoints = new Checkpoints(admin, ConsumerGroups.PUSH, Topics.SEQUENCED);
    PushHooks hooks = PushHooks.NONE;
    GroupViewCache groups =
        new GroupViewCache(
            () -> context.locator().channel(ServiceName.RELATION), config.keptMembers());
    Pusher pusher =
        context
            .lifecycle()
            .add(
                "gateway streams",
                new Pusher(
                    new Pusher.Dependencies(
                        visible(positions),
                        lane -> checkpoints.read(lane).metadata(),
                        new PresenceReader(redis)::read,
                        groups::current,
                        hooks,
                        OfflinePush.start(config.offline(), config.kafka(), admin, hooks, context),
                        Pusher.Timeouts.USUAL),
                    context));
    LaneConsumer consumer =
        context
            .lifecycle()
            .add(
                "pusher",
                new LaneConsumer(
                    config.kafka(),
                    new LaneConsumer.Reading(
                        Topics.SEQUENCED, ConsumerGroups.PUSH, context.nodeId(), false, BATCH),
                    pusher));
    context
        .readiness()
        .add(
            ConsumerGroups.PUSH,
            () -> consumer.isRunning() && pusher.isRunning(),
            consumer::faults);
    Rpcs rpcs =
        new Rpcs(config.share(), context.meters())
            .add(new PushTokens(new MySqlPushTokenStore(mysql)));
    rpcs.requireAll(PushMsgServiceGrpc.getServiceDescriptor());
    context.locator().serve(ServiceName.PUSH, rpcs.services());
  }

  private static Pusher.Visible visible(LanePositions positions) {
    return new Pusher.Visible() {
      @Override
      public long known(int lane) {
        return positions.known(lane);
      }

      @Override
      public void ask(int lane) {
        positions.ask(lane);
      }
    };
  }
}
