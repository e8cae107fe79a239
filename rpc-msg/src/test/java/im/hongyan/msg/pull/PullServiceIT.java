package im.hongyan.msg.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.catchup.NewestRequest;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PullOrder;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.stores.mongo.InboxStore;
import im.hongyan.stores.mongo.Mongo;
import im.hongyan.stores.mysql.HistoryStore;
import im.hongyan.stores.mysql.MySql;
import im.hongyan.stores.mysql.MySqlConfig;
import im.hongyan.stores.redis.LaneCache;
import im.hongyan.stores.redis.LaneCache.Numbered;
import im.hongyan.stores.redis.LaneState;
import im.hongyan.stores.redis.Redis;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proves on real stores what a connecting client is told, and how large an answer may become. */
class PullServiceIT {
  private static final int LANES = 4;
  private static final Pattern CALLS = Pattern.compile("cmdstat_(?!info)[^:]+:calls=(\\d+)");
  private static final Lifecycle LIFECYCLE = new Lifecycle();
  private static Redis redis;
  private static LaneCache cache;
  private static LaneReader reader;

  private final String user = "u" + MessageIds.next().substring(0, 8);
  private final FakeConversations rows = new FakeConversations();
  private final InProcessLocator locator = new InProcessLocator("msg");
  private PullService pulls;

  @BeforeAll
  static void start() throws IOException {
    DataFolder data = LIFECYCLE.add("data", DataFolder.ephemeral());
    Map<String, String> address =
        EmbeddedStores.start(EnumSet.of(Kind.MYSQL, Kind.MONGO, Kind.REDIS), data, LIFECYCLE);
    Settings settings = Settings.load(Path.of("none"), Map.of(), address);
    MySql mysql =
        LIFECYCLE.add("mysql", MySql.open(MySqlConfig.from(settings), new SimpleMeterRegistry()));
    Mongo mongo = LIFECYCLE.add("mongo", Mongo.open(settings.secret("mongo.uri", ""), "pulls"));
    redis = LIFECYCLE.add("redis", Redis.open(settings.secret("redis.uri", "")));
    cache = new LaneCache(redis);
    reader = new LaneReader(LANES, cache, new InboxStore(mongo), new HistoryStore(mysql));
    for (int lane = 0; lane < LANES; lane++) {
      LaneState state = new LaneState(LaneCache.newGeneration(), 0, true, 0);
      assertThat(cache.publish(lane, state, "")).isTrue();
    }
  }

  @AfterAll
  static void stop() {
    LIFECYCLE.close();
  }

  @BeforeEach
  void serve() {
    locator.serve(ServiceName.RELATION, List.of(rows.bindService()));
    pulls = new PullService(reader, new Relations(locator));
  }

  @AfterEach
  void close() {
    locator.close();
  }

  private static MsgData message(long seq, long sentMillis, int contentBytes) {
    return MsgData.newBuilder()
        .setSeq(seq)
        .setSendTime(sentMillis)
        .setContent(ByteString.copyFrom(new byte[contentBytes]))
        .build();
  }

  private static void show(String conversationId, List<MsgData> messages) {
    int lane = reader.lane(conversationId);
    LaneState state = cache.state(lane);
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
    assertThat(cache.apply(lane, state, state.position() + 1, copies, false)).isTrue();
  }

  /** A chat of the user with messages that were sent at these times. */
  private String chat(String peer, long minSeq, long maxSeq, long... sentMillis) {
    String id = ConversationId.single(user, peer).value();
    rows.add(id, minSeq, maxSeq);
    List<MsgData> messages = new ArrayList<>();
    for (long sent : sentMillis) {
      messages.add(message(messages.size() + 1, sent, 10));
    }
    show(id, messages);
    return id;
  }

  private static <T> T asService(Callable<T> body) {
    try {
      return CallContext.service("op").call(body);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private List<PushedCopy> newest(long sinceMillis) {
    return asService(() -> pulls.newest(user, sinceMillis));
  }

  private static PushedCopy copy(String conversationId, MsgData message) {
    return PushedCopy.newBuilder()
        .setConversationId(conversationId)
        .setMessage(message.toByteString())
        .setSeq(message.getSeq())
        .build();
  }

  @Test
  void theNewestOfEachConversationThatChangedIsTold() {
    String bob = chat("bob", 0, 0, 100, 500);
    chat("carol", 0, 0, 100, 499);
    String twin = new ConversationId(bob).notificationTwin().value();
    show(twin, List.of(message(1, 501, 10)));
    String own = ConversationId.selfNotification(user).value();
    show(own, List.of(message(7, 600, 10)));
    chat("dave", 0, 0);
    assertThat(newest(500))
        .containsExactly(
            copy(own, message(7, 600, 10)),
            copy(twin, message(1, 501, 10)),
            copy(bob, message(2, 500, 10)));
    assertThat(newest(601)).isEmpty();
  }

  @Test
  void whatTheUserMayNotReadIsNotTold() {
    String left = chat("bob", 0, 2, 100, 500, 600);
    chat("carol", 0, 1, 100, 600);
    chat("dave", 3, 0, 500, 600);
    String joined = chat("erin", 2, 0, 500, 600);
    assertThat(newest(500))
        .containsExactlyInAnyOrder(
            copy(left, message(2, 500, 10)), copy(joined, message(2, 600, 10)));
  }

  @Test
  void theNewestTwoHundredConversationsAreTold() {
    for (int i = 0; i < 210; i++) {
      chat("peer" + i, 0, 0, 1_000 + i);
    }
    List<PushedCopy> told = newest(0);
    assertThat(told).hasSize(200);
    assertThat(told.getLast())
        .isEqualTo(copy(ConversationId.single(user, "peer10").value(), message(1, 1_010, 10)));
  }

  @Test
  void nothingNewCostsNoMoreOfRedisThanRequest1006() {
    for (int i = 0; i < 50; i++) {
      chat("peer" + i, 0, 0, 100);
    }
    long start = calls();
    asService(() -> pulls.readAndMax(user, List.of(), false));
    long before = calls();
    assertThat(newest(101)).isEmpty();
    assertThat(calls() - before).isPositive().isLessThanOrEqualTo(before - start);
  }

  private static long calls() {
    Matcher matcher = CALLS.matcher(Redis.await(redis.commands().info("commandstats")));
    return matcher.results().mapToLong(result -> Long.parseLong(result.group(1))).sum();
  }

  @Test
  void onlyServicesAskForTheNewest() {
    NewestRequest request = NewestRequest.newBuilder().setUserId("u").build();
    for (Caller caller : List.of(new Caller("u", false, false), new Caller("u", true, false))) {
      assertThatExceptionOfType(ImException.class)
          .isThrownBy(
              () -> CatchUpApi.access().check("hongyan.catchup.CatchUp/Newest", caller, request))
          .matches(refusal -> refusal.is(ImError.NO_PERMISSION));
    }
  }

  @Test
  void anAnswerStaysBelowWhatClientsTake() {
    String own = ConversationId.selfNotification(user).value();
    show(own, LongStream.rangeClosed(1, 40).mapToObj(seq -> message(seq, 1, 50_000)).toList());
    PullMessageBySeqsReq request =
        PullMessageBySeqsReq.newBuilder()
            .setUserID(user)
            .addSeqRanges(SeqRange.newBuilder().setConversationID(own).setBegin(1).setEnd(40))
            .build();
    PullMsgs newest = asService(() -> pulls.byRanges(request)).getNotificationMsgsOrThrow(own);
    assertThat(seqs(newest)).startsWith(22L).endsWith(40L).hasSize(19).isSorted();
    assertThat(newest.getIsEnd()).isTrue();
    assertThat(seqs(bySeqs(own, PullOrder.PullOrderAsc))).startsWith(1L).endsWith(19L).isSorted();
    assertThat(seqs(bySeqs(own, PullOrder.PullOrderDesc))).startsWith(22L).endsWith(40L).isSorted();
  }

  @Test
  void theEndIsToldOnlyWithAllThatLeadsToIt() {
    String own = ConversationId.selfNotification(user).value();
    show(own, LongStream.rangeClosed(1, 10).mapToObj(seq -> message(seq, 1, 10)).toList());
    PullMsgs all = bySeqs(own, PullOrder.PullOrderAsc);
    assertThat(all.getIsEnd()).isTrue();
    assertThat(all.getEndSeq()).isEqualTo(10);
    show(own, LongStream.rangeClosed(11, 39).mapToObj(seq -> message(seq, 1, 50_000)).toList());
    PullMsgs cut = bySeqs(own, PullOrder.PullOrderAsc);
    assertThat(seqs(cut)).startsWith(1L).endsWith(29L);
    assertThat(cut.getIsEnd()).isFalse();
  }

  private PullMsgs bySeqs(String conversationId, PullOrder order) {
    GetSeqMessageReq request =
        GetSeqMessageReq.newBuilder()
            .setUserID(user)
            .setOrder(order)
            .addConversations(
                ConversationSeqs.newBuilder()
                    .setConversationID(conversationId)
                    .addAllSeqs(LongStream.rangeClosed(1, 40).boxed().toList()))
            .build();
    return asService(() -> pulls.bySeqs(request)).getNotificationMsgsOrThrow(conversationId);
  }

  private static List<Long> seqs(PullMsgs messages) {
    return messages.getMsgsList().stream().map(MsgData::getSeq).toList();
  }
}
