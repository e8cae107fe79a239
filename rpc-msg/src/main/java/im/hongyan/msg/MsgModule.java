package im.hongyan.msg;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.cache.CacheInvalidations;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.MessageTimes;
import im.hongyan.messagelog.mysql.BurnDueStore;
import im.hongyan.messagelog.mysql.HistoryRetentionStore;
import im.hongyan.messagelog.mysql.MySqlHistoryPages;
import im.hongyan.messagelog.mysql.MySqlMessageSearch;
import im.hongyan.messagelog.mysql.MySqlMessageStatistics;
import im.hongyan.messagelog.mysql.MySqlMessageTimes;
import im.hongyan.messagelog.mysql.SearchLanes;
import im.hongyan.messagelog.opensearch.OpenSearch;
import im.hongyan.messagelog.opensearch.OpenSearchMessageSearch;
import im.hongyan.messagelog.redis.LanePositions;
import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.SearchConfig;
import im.hongyan.msg.burn.Burns;
import im.hongyan.msg.mutation.Clears;
import im.hongyan.msg.mutation.ConversationAccessChecks;
import im.hongyan.msg.mutation.Deletions;
import im.hongyan.msg.mutation.Mutations;
import im.hongyan.msg.mutation.Reads;
import im.hongyan.msg.mutation.Revocations;
import im.hongyan.msg.pull.CatchUps;
import im.hongyan.msg.pull.ConversationReads;
import im.hongyan.msg.pull.HandledWaits;
import im.hongyan.msg.pull.LaneReader;
import im.hongyan.msg.pull.Pulls;
import im.hongyan.msg.pull.ReadStores;
import im.hongyan.msg.pull.SeqWaits;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.receipts.GroupReceipts;
import im.hongyan.msg.relation.BatchedGroups;
import im.hongyan.msg.relation.Relations;
import im.hongyan.msg.retention.HistoryRetention;
import im.hongyan.msg.retention.PhysicalDeletions;
import im.hongyan.msg.search.MessageListings;
import im.hongyan.msg.search.TextSearches;
import im.hongyan.msg.send.LaneAcceptors;
import im.hongyan.msg.send.SendLimit;
import im.hongyan.msg.send.Sends;
import im.hongyan.msg.send.SimpleSends;
import im.hongyan.msg.send.StreamedSends;
import im.hongyan.msg.statistics.ActivityStatistics;
import im.hongyan.msg.status.SendStatuses;
import im.hongyan.msg.status.ServerTime;
import im.hongyan.msg.storage.RedisSendStatusStore;
import im.hongyan.proto.catchup.CatchUpGrpc;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.receipts.GroupReceiptsGrpc;
import im.hongyan.proto.search.MessageSearchGrpc;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.relationclient.GroupViewCache;
import im.hongyan.webhooks.MessageHooks;
import java.util.Optional;
import java.util.Set;

/** The wiring of rpc-msg. */
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
    LaneAcceptors acceptors = startAcceptors(config, context, reader, stores);
    InvalidatingCache.Versions versions = new InvalidatingCache.Versions();
    Relations relations = new Relations(context.locator(), versions);
    GroupViewCache views =
        new GroupViewCache(
            () -> context.locator().channel(ServiceName.RELATION), MAX_CACHED_MEMBERS);
    BatchedGroups groups = context.lifecycle().add("groups", new BatchedGroups(views::current));
    context.readiness().add("sends", () -> acceptors.isRunning() && groups.isRunning());
    Set<String> adminIds = config.share().admins();
    Sends sends =
        new Sends(
            config.send(), adminIds, relations, groups, MessageHooks.NONE, acceptors, context);
    ConversationAccessChecks checks = new ConversationAccessChecks(relations, users);
    LanePositions news = context.lifecycle().add("lane news", new LanePositions(redis, lanes));
    Mutations mutations =
        new Mutations(
            Mutations.Log.of(acceptors, new HandledWaits(stores.cache(), news, lanes)),
            context.clock());
    Deletions deletions = new Deletions(checks, mutations);
    MessageTimes times = new MySqlMessageTimes(mysql);
    Clears clears = new Clears(checks, mutations, times);
    HistoryRetentionStore retention = new HistoryRetentionStore(mysql);
    Optional<MessageSearch> index = index(config, context, mysql);
    Rpcs rpcs =
        new Rpcs(config.share(), context.meters())
            .add(
                sends,
                new SimpleSends(sends, relations),
                new StreamedSends(
                    sends,
                    adminIds,
                    new SendLimit(
                        config.send().concurrentSends(),
                        config.send().concurrentSendBytes(),
                        context.meters())),
                new Pulls(
                    reader, users, relations, new SeqWaits(reader, news, lanes, context.meters())),
                new ConversationReads(reader, users),
                new CatchUps(reader, users, relations),
                new Reads(checks, mutations, MessageHooks.NONE),
                new Revocations(relations, checks, mutations, MessageHooks.NONE),
                deletions,
                clears,
                new PhysicalDeletions(users, times, retention, clears, context.clock()),
                new GroupReceipts(groups, users, relations, context.meters()),
                new SendStatuses(new RedisSendStatusStore(redis)),
                new ServerTime(context.clock()),
                new TextSearches(index, users, relations, context.meters()),
                new MessageListings(index, users, relations),
                new ActivityStatistics(new MySqlMessageStatistics(mysql, lanes), relations),
                new CacheInvalidations(versions));
    rpcs.requireAll(
        msgGrpc.getServiceDescriptor(),
        SendingGrpc.getServiceDescriptor(),
        CatchUpGrpc.getServiceDescriptor(),
        GroupReceiptsGrpc.getServiceDescriptor(),
        MessageSearchGrpc.getServiceDescriptor(),
        CacheInvalidationGrpc.getServiceDescriptor());
    context.locator().serve(ServiceName.MSG, rpcs.services());
    Burns burns = new Burns(new BurnDueStore(mysql), deletions, context.clock(), context.meters());
    context.lifecycle().add("burns", burns.start());
    startRetention(config, context, mysql, stores, retention, clears);
  }

  /** No class of an engine that is not used is loaded. */
  private static Optional<MessageSearch> index(
      MsgConfig config, ServiceContext context, MySql mysql) {
    SearchConfig search = config.search();
    return switch (search.engine()) {
      case NONE -> Optional.empty();
      case MYSQL -> Optional.of(new MySqlMessageSearch(mysql, config.kafka().lanes()));
      case OPENSEARCH -> {
        OpenSearch client =
            context.lifecycle().add("search engine", OpenSearch.open(search.openSearch()));
        yield Optional.of(
            new OpenSearchMessageSearch(client, search.openSearch(), new SearchLanes(mysql)));
      }
    };
  }

  private static void startRetention(
      MsgConfig config,
      ServiceContext context,
      MySql mysql,
      ReadStores stores,
      HistoryRetentionStore retention,
      Clears clears) {
    HistoryRetention history =
        new HistoryRetention(
            config.retention(),
            new HistoryRetention.Stores(retention, new MySqlHistoryPages(mysql), stores.inbox()),
            clears,
            context.clock(),
            context.meters());
    context.lifecycle().add("history retention", history.start());
  }

  private static LaneAcceptors startAcceptors(
      MsgConfig config, ServiceContext context, LaneReader reader, ReadStores stores) {
    LaneProducer producer =
        context
            .lifecycle()
            .add("inbound producer", new LaneProducer(config.kafka(), "msg-" + context.nodeId()));
    producer.awaitTopic(Topics.INBOUND);
    return context
        .lifecycle()
        .add(
            "lane acceptors",
            new LaneAcceptors(config.kafka(), reader, stores.cache(), producer, context));
  }
}
