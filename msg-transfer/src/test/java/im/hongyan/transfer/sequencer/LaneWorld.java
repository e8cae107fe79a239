package im.hongyan.transfer.sequencer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.kafka.KafkaAdmin;
import im.hongyan.messagelog.kafka.KafkaLaneLogs;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.LogDeletion;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.Bodies;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.Conversations;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneLogs;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.messagelog.mongo.MongoInboxStore;
import im.hongyan.messagelog.mysql.MySqlConversations;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.messagelog.redis.RedisLaneCache;
import im.hongyan.messagelog.redis.RedisLaneContents;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.testkit.TestClock;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.transfer.follower.AcceptedLosses;
import im.hongyan.transfer.follower.HistoryRepair;
import im.hongyan.transfer.follower.HistoryWriter;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lane in real stores whose owner is the test: it numbers, shows and stores as the sequencer and
 * the inbox writer do, while history waits. Single-threaded; its creator closes it.
 */
final class LaneWorld implements AutoCloseable {
  private final Lifecycle lifecycle = new Lifecycle();
  final Redis redis;
  final MySql mysql;
  final HistoryStore history;
  final InboxStore inbox;
  final KafkaLaneLogs logs;
  final RedisLaneCache cache;
  final TestClock clock = new TestClock(Instant.now());
  final LogDeletion deletion;
  private final LaneProducer producer;
  private final KafkaConfig kafka;
  private final Map<String, Long> seqs = new HashMap<>();

  int lane;
  String chat = "";
  String twin = "";
  private ClaimTrack claims = new ClaimTrack();
  private long term;
  private long last;
  LaneState state = LaneState.ABSENT;

  LaneWorld(TestStores stores) {
    kafka = KafkaConfig.from(stores.kafka());
    Topics.create(kafka);
    redis = lifecycle.add("redis", Redis.open(stores.redisUri()));
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    mysql = lifecycle.add("mysql", MySql.open(MySqlConfig.from(stores.mysql()), meters));
    inbox =
        new MongoInboxStore(lifecycle.add("mongo", Mongo.open(stores.mongoUri(), "lane_world")));
    history = new MySqlHistoryStore(mysql);
    logs = new KafkaLaneLogs(kafka, "test");
    cache = new RedisLaneCache(redis);
    deletion = new LogDeletion(lifecycle.add("kafka admin", new KafkaAdmin(kafka)));
    producer = lifecycle.add("producer", new LaneProducer(kafka, "lane-world"));
    producer.awaitTopic(Topics.SEQUENCED);
    producer.awaitTopic(Topics.INBOUND);
  }

  /** Begins with a new chat, and its lane as an owner finds it that everybody followed. */
  void begin() {
    String group = UUID.randomUUID().toString().substring(0, 8);
    chat = "sg_" + group;
    twin = "n_" + group;
    lane = Lane.of(new ConversationId(chat), kafka.lanes());
    claims = new ClaimTrack();
    clock.advance(Duration.between(clock.instant(), Instant.now()));
    claim();
    state = new LaneState(cache.newGeneration(), last, false, 0);
    assertThat(cache.publish(lane, state, 0, cache.state(lane), -1)).isTrue();
    FollowerPosition at = checkpoint().toBuilder().setAppendedMillis(clock.millis()).build();
    FollowerPosition before = history.position(lane);
    assertThat(
            history.append(
                lane,
                before.getOffset(),
                at,
                new HistoryStore.Changes(List.of(), List.of(), List.of())))
        .isTrue();
  }

  /** A claim of the owner. */
  void claim() {
    try (LaneLogs.Appends appends = logs.appends(lane)) {
      term = Takeover.appendClaim(appends, "test");
    }
    last = term;
    SequencedRecord claim =
        SequencedRecord.newBuilder().setClaim(Claim.newBuilder().setOwner("test")).build();
    claims.take(term, clock.millis(), claim);
  }

  /** A message of alice, numbered and visible; in the inbox as well where that is said. */
  long send(String conversation, boolean toInbox) {
    long seq = seqs.merge(conversation, 1L, Long::sum);
    MsgData message =
        MsgData.newBuilder()
            .setSendID("alice")
            .setClientMsgID("c-" + conversation + "-" + seq)
            .setSendTime(clock.millis())
            .setContent(ByteString.copyFromUtf8("text " + seq))
            .build();
    InboundRecord record =
        InboundRecord.newBuilder()
            .setSendId("alice")
            .setClientMsgId(message.getClientMsgID())
            .setSendTimeMillis(message.getSendTime())
            .addCopies(
                Copy.newBuilder()
                    .setConversationId(conversation)
                    .setStored(true)
                    .setSeq(seq)
                    .setMessage(message.toByteString()))
            .build();
    append(record);
    if (toInbox) {
      byte[] body = Bodies.withSeq(message.toByteString(), seq);
      inbox.put(List.of(new InboxStore.Entry(conversation, seq, body)), clock.instant());
    }
    return seq;
  }

  /** Changes of the chat. */
  void change(Mutation.Builder mutation) {
    append(
        InboundRecord.newBuilder()
            .setSendId("alice")
            .setMutation(mutation.setConversationId(chat))
            .build());
  }

  private void append(InboundRecord record) {
    last =
        producer
            .append(
                Topics.SEQUENCED,
                lane,
                LaneRecords.encode(
                    SequencedRecord.newBuilder().setTerm(term).setMessage(record).build()))
            .join();
    VisibleBatch batch = new VisibleBatch();
    batch.add(last, record);
    assertThat(cache.apply(lane, state, last, batch.upTo(-1, -1), false)).isTrue();
    state = new LaneState(state.generation(), last, false, 0);
  }

  /** A record of a former owner, which nobody may count. */
  void zombie(String conversation, long seq) {
    Copy copy =
        Copy.newBuilder().setConversationId(conversation).setStored(true).setSeq(seq).build();
    last =
        producer
            .append(
                Topics.SEQUENCED,
                lane,
                LaneRecords.encode(
                    SequencedRecord.newBuilder()
                        .setTerm(term - 1)
                        .setMessage(InboundRecord.newBuilder().addCopies(copy))
                        .build()))
            .join();
  }

  FollowerPosition checkpoint() {
    return claims.position(last, clock.millis());
  }

  /** Takes everything before the end out of the log. */
  long cut() {
    try (LaneLog log = logs.sequenced(lane)) {
      deletion.deleteBefore(Topics.SEQUENCED, lane, log.end());
      return log.end();
    }
  }

  /** One record in im-inbound that is not numbered; returns its offset. */
  long accept() {
    return producer.append(Topics.INBOUND, lane, new byte[] {1}).join();
  }

  /** Deletes from the logs; its creator closes it. */
  HistoryRepair repair(AcceptedLosses accepted, @Nullable FollowerPosition checkpoint) {
    return repair(history, accepted, checkpoint);
  }

  /** One that writes to a history of its own. */
  HistoryRepair repair(
      HistoryStore history, AcceptedLosses accepted, @Nullable FollowerPosition checkpoint) {
    Conversations all = new MySqlConversations(mysql);
    return new HistoryRepair(
        new HistoryRepair.Sources(
            logs,
            cache,
            new RedisLaneContents(redis),
            inbox,
            _ -> checkpoint == null ? checkpoint() : checkpoint,
            new HistoryRepair.LaneConversations(all, kafka.lanes())),
        history,
        accepted,
        clock);
  }

  /** Lets a history writer take the lane over and write all that is left. */
  void follow(HistoryWriter.Repair repair) {
    HistoryWriter writer =
        new HistoryWriter(
            history, clock, new LaneGauges(new SimpleMeterRegistry(), "history"), repair);
    try (LaneLog log = logs.sequenced(lane)) {
      long from = writer.start(lane, log.begin()).within("log", lane, log.begin(), log.end());
      if (log.end() > from) {
        writer.handle(lane, log.read(from, log.end()));
      }
    }
    writer.stop(lane);
  }

  @Override
  public void close() {
    lifecycle.close();
  }
}
