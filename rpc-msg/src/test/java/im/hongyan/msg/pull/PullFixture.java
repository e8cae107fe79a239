package im.hongyan.msg.pull;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.call.ThrowingSupplier;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.InboxStore.Entry;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneBatch.Placed;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneCache.Numbered;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.messagelog.redis.LanePositions;
import im.hongyan.messagelog.redis.RedisLaneCache;
import im.hongyan.msg.relation.FakeRelation;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.MessageIds;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Real stores for tests of reading, one user each, and ways to put something into each of them.
 * rpc-msg is called through its guard, rpc-relation is a fake.
 */
@ExtendWith(TestStoresExtension.class)
public abstract class PullFixture {
  protected static final int LANES = 4;
  private static Lifecycle lifecycle;
  protected static Redis redis;
  protected static LanePositions news;
  protected static LaneCache cache;
  protected static ReadStores stores;
  protected static MySql mysql;
  protected static LaneReader reader;
  protected static SimpleMeterRegistry meters;

  protected final String user = "u" + MessageIds.next().substring(0, 8);
  protected final FakeRelation relation = new FakeRelation();
  protected final InProcessLocator locator = new InProcessLocator("msg");

  @BeforeAll
  public static void open(TestStores servers) {
    lifecycle = new Lifecycle();
    meters = new SimpleMeterRegistry();
    mysql = lifecycle.add("mysql", MySql.open(MySqlConfig.from(servers.mysql()), meters));
    Mongo mongo = lifecycle.add("mongo", Mongo.open(servers.mongoUri(), "pulls"));
    redis = lifecycle.add("redis", Redis.open(servers.redisUri()));
    news = lifecycle.add("lane news", new LanePositions(redis, LANES));
    cache = new RedisLaneCache(redis);
    stores = ReadStores.of(redis, mongo, mysql);
    reader = new LaneReader(LANES, stores);
    for (int lane = 0; lane < LANES; lane++) {
      // Another class of this JVM may have published it.
      if (!cache.state(lane).present()) {
        LaneState state = new LaneState(cache.newGeneration(), 0, true, 0);
        assertThat(cache.publish(lane, state, 0, LaneState.ABSENT, -1)).isTrue();
      }
    }
  }

  @AfterAll
  public static void disconnect() {
    lifecycle.close();
  }

  @BeforeEach
  public void serve() {
    relation.serve(locator);
    Relations relations = new Relations(locator, new InvalidatingCache.Versions());
    UserReader users = new UserReader(reader, stores, meters);
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    Rpcs rpcs = new Rpcs(share, meters).add(features(relations, users));
    locator.serve(ServiceName.MSG, rpcs.services());
  }

  /** What rpc-msg serves. */
  protected Feature[] features(Relations relations, UserReader users) {
    return new Feature[] {
      new Pulls(reader, users, relations, new SeqWaits(reader, news, LANES, meters)),
      new CatchUps(reader, users, relations)
    };
  }

  /** Makes a call of rpc-msg as a user. */
  protected <A, B> B callAs(String caller, MethodDescriptor<A, B> method, A request) {
    return call(CallContext.user("op", caller, "Android", ""), method, request);
  }

  /** Makes a call of rpc-msg as another service. */
  protected <A, B> B callAsService(MethodDescriptor<A, B> method, A request) {
    return call(CallContext.service("op"), method, request);
  }

  /** Makes a call of rpc-msg within a context. */
  protected <A, B> B call(CallContext context, MethodDescriptor<A, B> method, A request) {
    ThrowingSupplier<B, RuntimeException> call =
        () -> RpcChannels.call(locator.channel(ServiceName.MSG), method, request);
    return context.call(call);
  }

  @AfterEach
  public void close() {
    locator.close();
  }

  protected static MsgData message(long seq, long sentMillis, int contentBytes) {
    return MsgData.newBuilder()
        .setSeq(seq)
        .setSendTime(sentMillis)
        .setContent(ByteString.copyFrom(new byte[contentBytes]))
        .build();
  }

  /** Makes messages visible in Redis, as the sequencer does. */
  protected static void show(String conversationId, List<MsgData> messages) {
    List<Numbered> copies =
        messages.stream()
            .map(message ->
                new Numbered(
                    conversationId,
                    message.getSeq(),
                    "sender",
                    "",
                    message.getSendTime(),
                    message.toByteArray()))
            .toList();
    apply(conversationId, copies, List.of());
  }

  /** Makes mutations visible in Redis, as the sequencer does. */
  protected static void show(Mutation mutation) {
    apply(mutation.getConversationId(), List.of(), List.of(mutation));
  }

  private static void apply(
      String conversationId, List<Numbered> copies, List<Mutation> mutations) {
    int lane = reader.lane(conversationId);
    LaneState state = cache.state(lane);
    long next = state.position() + 1;
    List<Placed> placed = mutations.stream().map(one -> new Placed(next, one)).toList();
    LaneBatch batch = new LaneBatch(copies, placed, List.of(), next, -1);
    assertThat(cache.apply(lane, state, next, batch, false)).isTrue();
  }

  /** Puts messages into the inbox. */
  protected static void inbox(String conversationId, List<MsgData> messages) {
    stores
        .inbox()
        .put(
            messages.stream()
                .map(one -> new Entry(conversationId, one.getSeq(), one.toByteArray()))
                .toList(),
            Instant.EPOCH);
  }

  /** Puts messages and mutations into the history, which so has the position of Redis. */
  protected static void history(
      String conversationId, List<MsgData> messages, Mutation... mutations) {
    int lane = reader.lane(conversationId);
    List<Row> kept =
        messages.stream()
            .map(one ->
                new Row(
                    conversationId,
                    one.getSeq(),
                    one.getSendID(),
                    one.getClientMsgID(),
                    one.getSendTime(),
                    one.toByteArray()))
            .toList();
    HistoryStore history = stores.history();
    FollowerPosition at = history.position(lane);
    FollowerPosition next =
        FollowerPosition.newBuilder().setOffset(cache.state(lane).position()).build();
    Changes changes = new Changes(kept, List.of(), List.of(mutations));
    long expected = at.getOffset();
    if (expected == next.getOffset()) {
      next = next.toBuilder().setOffset(expected).addClaims(System.nanoTime()).build();
    }
    assertThat(history.append(lane, expected, next, changes)).isTrue();
  }

  /** Removes what Redis holds of a conversation but its seq, as when its caches have expired. */
  protected static void expire(String conversationId) {
    for (String kind : List.of("m", "o", "q", "r")) {
      String pattern = "{L" + reader.lane(conversationId) + "}:*:" + kind + ":" + conversationId;
      Redis.await(redis.commands().keys(pattern))
          .forEach(key -> Redis.await(redis.commands().del(key)));
    }
  }

  /** Gives the user a row of a chat. */
  protected void row(String conversationId, long membershipVersion) {
    relation.row(user, Conversation.newBuilder().setConversationID(conversationId).build());
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO conversation (owner_user_id, conversation_id, conversation_type,"
                    + " user_id, group_id, attached_info, ex, create_time, membership_version)"
                    + " VALUES (?, ?, 1, '', '', '', '', 0, ?)"
                    + " ON DUPLICATE KEY UPDATE membership_version = VALUES(membership_version)",
                MySql.id(user),
                MySql.id(conversationId),
                membershipVersion));
  }

  /** Bounds the user in MySQL; the last bound is that of a leave with version 1. */
  protected void window(String conversationId, long minSeq, long maxSeq) {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO seq_user (user_id, conversation_id, min_seq, max_seq, max_version)"
                    + " VALUES (?, ?, ?, ?, ?)",
                MySql.id(user),
                MySql.id(conversationId),
                minSeq,
                maxSeq,
                maxSeq > 0 ? 1 : 0));
  }
}
