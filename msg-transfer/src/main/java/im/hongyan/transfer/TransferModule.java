package im.hongyan.transfer;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.ConsumerGroups;
import im.hongyan.messagelog.kafka.KafkaAdmin;
import im.hongyan.messagelog.kafka.KafkaLaneLogs;
import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LogDeletion;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.PositionMetadata;
import im.hongyan.messagelog.mongo.MongoInboxStore;
import im.hongyan.messagelog.mysql.InboxDays;
import im.hongyan.messagelog.mysql.MySqlConversations;
import im.hongyan.messagelog.mysql.MySqlHistoryPages;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.messagelog.mysql.MySqlSearchStore;
import im.hongyan.messagelog.mysql.MySqlStatisticsStore;
import im.hongyan.messagelog.mysql.SearchLanes;
import im.hongyan.messagelog.opensearch.OpenSearch;
import im.hongyan.messagelog.opensearch.OpenSearchStore;
import im.hongyan.messagelog.redis.RedisLaneCache;
import im.hongyan.messagelog.redis.RedisLaneContents;
import im.hongyan.messagelog.search.SearchConfig;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.messagelog.statistics.StatisticsStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.transfer.follower.HistoryRepair;
import im.hongyan.transfer.follower.HistoryWriter;
import im.hongyan.transfer.follower.InboxWriter;
import im.hongyan.transfer.follower.LaneHistory;
import im.hongyan.transfer.retention.InboxPurge;
import im.hongyan.transfer.retention.LogRetention;
import im.hongyan.transfer.retention.StoredPositions;
import im.hongyan.transfer.search.SearchWriter;
import im.hongyan.transfer.sequencer.LaneStores;
import im.hongyan.transfer.sequencer.Sequencer;
import im.hongyan.transfer.sequencer.SequencerMeters;
import im.hongyan.transfer.statistics.StatisticsWriter;
import java.util.List;
import java.util.function.IntFunction;

/** msg-transfer put together. */
public final class TransferModule {
  private static final int WRITER_BATCH = 1_000;

  private TransferModule() {}

  /** Starts sequencing and writing; the platform's lifecycle ends them. */
  public static void start(
      TransferConfig config, ServiceContext context, MySql mysql, Mongo mongo, Redis redis) {
    KafkaConfig kafka = config.kafka();
    HistoryStore history = new MySqlHistoryStore(mysql, context.clock());
    InboxStore inbox = new MongoInboxStore(mongo);
    KafkaAdmin admin = context.lifecycle().add("kafka admin", new KafkaAdmin(kafka));
    Checkpoints checkpoints = new Checkpoints(admin, ConsumerGroups.SEQUENCER, Topics.INBOUND);
    KafkaLaneLogs logs = new KafkaLaneLogs(kafka, context.nodeId());
    HistoryRepair repair =
        new HistoryRepair(
            new HistoryRepair.Sources(
                logs,
                new RedisLaneCache(redis),
                new RedisLaneContents(redis),
                inbox,
                lane -> PositionMetadata.decode(checkpoints.read(lane).metadata()),
                new HistoryRepair.LaneConversations(new MySqlConversations(mysql), kafka.lanes())),
            history,
            config.accepted(),
            context.clock());
    follow(
        context,
        kafka,
        ConsumerGroups.HISTORY,
        new HistoryWriter(
            history, context.clock(), new LaneGauges(context.meters(), "history"), repair));
    follow(
        context,
        kafka,
        ConsumerGroups.INBOX,
        new InboxWriter(
            inbox, context.clock(), new LaneGauges(context.meters(), "inbox"), context.meters()));
    List<IntFunction<FollowerPosition>> others =
        List.of(
            search(config, context, mysql, history), statistics(config, context, mysql, history));
    InboxPurge purge =
        new InboxPurge(new InboxDays(mysql), inbox, config.inboxKept(), context.meters());
    context.lifecycle().add("inbox purge", purge.start());
    LaneStores stores =
        new LaneStores(
            logs,
            new RedisLaneCache(redis),
            history,
            context.clock(),
            new SequencerMeters(context.meters()),
            context.nodeId());
    Sequencer sequencer =
        context.lifecycle().add("sequencer", new Sequencer(kafka, stores, checkpoints, context));
    context.readiness().add(ConsumerGroups.SEQUENCER, sequencer::isRunning, sequencer::faults);
    LogRetention retention =
        new LogRetention(
            new LogDeletion(admin),
            new StoredPositions(
                history,
                inbox,
                others,
                checkpoints,
                new Checkpoints(admin, ConsumerGroups.PUSH, Topics.SEQUENCED),
                new Checkpoints(admin, ConsumerGroups.OFFLINE, Topics.OFFLINE_PUSH)),
            new LogRetention.Lanes(sequencer::lanes, sequencer::takeOverAgain),
            kafka.retention(),
            context.clock(),
            context.meters());
    context.lifecycle().add("log retention", retention.start());
  }

  /** The follower that fills the index of words, where there is one; its positions. */
  private static IntFunction<FollowerPosition> search(
      TransferConfig config, ServiceContext context, MySql mysql, HistoryStore history) {
    if (config.search().off()) {
      // It needs nothing of the log.
      return lane -> history.position(lane);
    }
    SearchStore store = searchStore(config.search(), context, mysql);
    // Not among what makes the process ready: messages go their way while an index is built.
    consumer(
        context,
        config.kafka(),
        ConsumerGroups.SEARCH,
        new SearchWriter(
            store,
            new SearchWriter.History(
                history,
                new MySqlHistoryPages(mysql),
                config.kafka().lanes(),
                config.historyKept()),
            config.search().format(),
            context.clock(),
            context.meters()));
    // The log must not grow for an engine beside our stores that is away: history has it all.
    return config.search().engine() == SearchConfig.Engine.OPENSEARCH
        ? history::position
        : store::position;
  }

  /** No class of an engine that is not used is loaded. */
  private static SearchStore searchStore(SearchConfig search, ServiceContext context, MySql mysql) {
    if (search.engine() != SearchConfig.Engine.OPENSEARCH) {
      return new MySqlSearchStore(mysql);
    }
    OpenSearch client =
        context.lifecycle().add("search engine", OpenSearch.open(search.openSearch()));
    return new OpenSearchStore(client, search.openSearch(), new SearchLanes(mysql));
  }

  /** The follower that counts messages for statistics; its positions. */
  private static IntFunction<FollowerPosition> statistics(
      TransferConfig config, ServiceContext context, MySql mysql, HistoryStore history) {
    StatisticsStore store = new MySqlStatisticsStore(mysql);
    // Not among what makes the process ready, as the index of words.
    consumer(
        context,
        config.kafka(),
        ConsumerGroups.STATISTICS,
        new StatisticsWriter(
            store,
            history,
            new LaneHistory(new MySqlHistoryPages(mysql), config.kafka().lanes()),
            context.clock(),
            new LaneGauges(context.meters(), "statistics")));
    return store::position;
  }

  private static void follow(
      ServiceContext context, KafkaConfig kafka, String group, LaneConsumer.Handler writer) {
    LaneConsumer consumer = consumer(context, kafka, group, writer);
    context.readiness().add(group, consumer::isRunning, consumer::faults);
  }

  private static LaneConsumer consumer(
      ServiceContext context, KafkaConfig kafka, String group, LaneConsumer.Handler writer) {
    LaneConsumer.Reading reading =
        new LaneConsumer.Reading(Topics.SEQUENCED, group, context.nodeId(), true, WRITER_BATCH);
    return context.lifecycle().add(group, new LaneConsumer(kafka, reading, writer));
  }
}
