package im.hongyan.msg;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.platform.Platform;
import im.hongyan.kit.rpc.RpcGuard;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.msg.mutation.Chats;
import im.hongyan.msg.mutation.ClearService;
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
import im.hongyan.msg.relation.RelationMemoryApi;
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

  /** Serves messages on the platform. */
  public static void start(
      MsgConfig config, Platform platform, MySql mysql, Mongo mongo, Redis redis) {
    int lanes = config.kafka().lanes();
    ReadStores stores = ReadStores.of(redis, mongo, mysql);
    LaneReader reader = new LaneReader(lanes, stores);
    UserReader users = new UserReader(reader, stores, platform.meters());
    LaneProducer producer =
        platform
            .lifecycle()
            .add("inbound producer", new LaneProducer(config.kafka(), "msg-" + platform.nodeId()));
    LaneAcceptors acceptors =
        platform
            .lifecycle()
            .add(
                "lane acceptors",
                new LaneAcceptors(config.kafka(), reader, stores.cache(), producer, platform));
    Relations relations = new Relations(platform.locator());
    GroupViewCache views =
        new GroupViewCache(
            () -> platform.locator().channel(ServiceName.RELATION), MAX_CACHED_MEMBERS);
    BatchedGroups groups = platform.lifecycle().add("groups", new BatchedGroups(views::current));
    SendService sends =
        new SendService(
            config.send(),
            config.share().admins(),
            relations,
            groups,
            MessageHooks.NONE,
            acceptors,
            platform);
    SendStatusService statuses = new SendStatusService(new RedisSendStatusStore(redis));
    PullService pulls = new PullService(reader, users, relations);
    Chats chats = new Chats(relations, users, config.share().admins());
    Mutations mutations = new Mutations(Mutations.Log.of(acceptors, reader), platform.clock());
    MsgApi.Changes changes =
        new MsgApi.Changes(
            new ReadService(chats, mutations, MessageHooks.NONE),
            new RevokeService(chats, mutations, MessageHooks.NONE),
            new DeleteService(chats, mutations),
            new ClearService(chats, mutations));
    platform
        .locator()
        .serve(
            ServiceName.MSG,
            List.of(
                new RpcGuard(MsgApi.access(), config.share(), platform.meters())
                    .protect(
                        new MsgApi(sends, pulls, changes, statuses, platform.clock())
                            .bindService()),
                new RpcGuard(CatchUpApi.access(), config.share(), platform.meters())
                    .protect(new CatchUpApi(pulls).bindService()),
                new RpcGuard(SendingApi.access(), config.share(), platform.meters())
                    .protect(new SendingApi(sends).bindService()),
                new RpcGuard(RelationMemoryApi.access(), config.share(), platform.meters())
                    .protect(new RelationMemoryApi(relations).bindService())));
  }
}
