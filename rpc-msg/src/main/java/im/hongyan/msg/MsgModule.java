package im.hongyan.msg;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcGuard;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.msg.mutation.ClearService;
import im.hongyan.msg.mutation.ConversationAccessChecks;
import im.hongyan.msg.mutation.DeleteService;
import im.hongyan.msg.mutation.Mutations;
import im.hongyan.msg.mutation.ReadService;
import im.hongyan.msg.mutation.RevokeService;
import im.hongyan.msg.pull.CatchUpApi;
import im.hongyan.msg.pull.LaneReader;
import im.hongyan.msg.pull.PullService;
import im.hongyan.msg.pull.ReadStores;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.BatchedGroups;
import im.hongyan.msg.relation.CacheInvalidationApi;
import im.hongyan.msg.relation.Relations;
import im.hongyan.msg.send.LaneAcceptors;
import im.hongyan.msg.send.SendService;
import im.hongyan.msg.send.SendingApi;
import im.hongyan.msg.status.SendStatusService;
import im.hongyan.msg.storage.RedisSendStatusStore;
import im.hongyan.relationclient.GroupViewCache;
import im.hongyan.webhooks.MessageHooks;
import java.util.List;

/** rpc-msg put together. */
public final class MsgModule {
  /** Of all groups in memory together. */
  private static final int MAX_CACHED_MEMBERS = 2_000_000;

  private MsgModule() {}

  /** Serves messages on the context. */
  public static void start(
      MsgConfig config, ServiceContext context, MySql mysql, Mongo mongo, Redis redis) {
    int lanes = config.kafka().lanes();
    ReadStores stores = ReadStores.of(redis, mongo, mysql);
    LaneReader reader = new LaneReader(lanes, stores);
    UserReader users = new UserReader(reader, stores, context.meters());
    LaneProducer producer =
        context
            .lifecycle()
            .add("inbound producer", new LaneProducer(config.kafka(), "msg-" + context.nodeId()));
    LaneAcceptors acceptors =
        context
            .lifecycle()
            .add(
                "lane acceptors",
                new LaneAcceptors(config.kafka(), reader, stores.cache(), producer, context));
    Relations relations = new Relations(context.locator());
    GroupViewCache views =
        new GroupViewCache(
            () -> context.locator().channel(ServiceName.RELATION), MAX_CACHED_MEMBERS);
    BatchedGroups groups = context.lifecycle().add("groups", new BatchedGroups(views::current));
    SendService sends =
        new SendService(
            config.send(),
            config.share().admins(),
            relations,
            groups,
            MessageHooks.NONE,
            acceptors,
            context);
    SendStatusService statuses = new SendStatusService(new RedisSendStatusStore(redis));
    PullService pulls = new PullService(reader, users, relations);
    ConversationAccessChecks checks =
        new ConversationAccessChecks(relations, users, config.share().admins());
    Mutations mutations = new Mutations(Mutations.Log.of(acceptors, reader), context.clock());
    MsgApi.Changes changes =
        new MsgApi.Changes(
            new ReadService(checks, mutations, MessageHooks.NONE),
            new RevokeService(checks, mutations, MessageHooks.NONE),
            new DeleteService(checks, mutations),
            new ClearService(checks, mutations));
    context
        .locator()
        .serve(
            ServiceName.MSG,
            List.of(
                new RpcGuard(MsgApi.access(), config.share(), context.meters())
                    .protect(
                        new MsgApi(sends, pulls, changes, statuses, context.clock()).bindService()),
                new RpcGuard(CatchUpApi.access(), config.share(), context.meters())
                    .protect(new CatchUpApi(pulls).bindService()),
                new RpcGuard(SendingApi.access(), config.share(), context.meters())
                    .protect(new SendingApi(sends).bindService()),
                new RpcGuard(CacheInvalidationApi.access(), config.share(), context.meters())
                    .protect(new CacheInvalidationApi(relations).bindService())));
  }
}
