package im.hongyan.msg.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.messagelog.lane.MessageTimes;
import im.hongyan.messagelog.mysql.HistoryRetentionStore;
import im.hongyan.messagelog.mysql.MySqlHistoryPages;
import im.hongyan.messagelog.mysql.MySqlMessageTimes;
import im.hongyan.msg.mutation.Clears;
import im.hongyan.msg.mutation.ConversationAccessChecks;
import im.hongyan.msg.mutation.Mutations;
import im.hongyan.msg.pull.PullFixture;
import im.hongyan.msg.pull.StoredMessage;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.msg.send.LaneAcceptors.LanePlace;
import im.hongyan.proto.msg.DeleteMsgPhysicalReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves by a clock of its own what retention takes out of history, inbox and reach, in which
 * order, and that nothing goes that somebody may read. The log shows each mutation in Redis at
 * once; MySQL has it when the test says so.
 */
class HistoryRetentionIT extends PullFixture {
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final String peer = "p" + MessageIds.next().substring(0, 8);
  private final String chat = ConversationId.single(user, peer).value();
  private final List<Mutation> log = new ArrayList<>();
  private final SimpleMeterRegistry counted = new SimpleMeterRegistry();
  private long now = 1_000 * DAY;
  private boolean away;

  /** Made with the features, before each test. */
  @SuppressWarnings("NullAway.Init")
  private Clears clears;

  @SuppressWarnings("NullAway.Init")
  private UserReader users;

  private final class ShowingLog implements Mutations.Log {
    @Override
    public CompletableFuture<LanePlace> append(InboundRecord record) {
      if (away) {
        return CompletableFuture.failedFuture(new StoreUnavailableException("away"));
      }
      log.add(record.getMutation());
      show(record.getMutation());
      return CompletableFuture.completedFuture(new LanePlace(0, 0));
    }

    @Override
    public void awaitHandled(int lane, long inboundOffset) {}
  }

  @Override
  protected Feature[] features(Relations relations, UserReader reader) {
    users = reader;
    MessageTimes times = new MySqlMessageTimes(mysql);
    clears =
        new Clears(
            new ConversationAccessChecks(relations, reader),
            new Mutations(new ShowingLog(), () -> Instant.ofEpochMilli(now)),
            times);
    return new Feature[] {
      clears,
      new PhysicalDeletions(
          reader, times, new HistoryRetentionStore(mysql), clears, () -> Instant.ofEpochMilli(now))
    };
  }

  @BeforeEach
  void clear() {
    mysql
        .jdbi()
        .useHandle(handle -> {
          for (String table : List.of("history_purge", "history_sweep", "message")) {
            handle.execute("DELETE FROM " + table);
          }
        });
    row(chat, 1);
  }

  private HistoryRetention retention(Duration kept) {
    return new HistoryRetention(
        new RetentionConfig(kept),
        new HistoryRetention.Stores(
            new HistoryRetentionStore(mysql), new MySqlHistoryPages(mysql), stores.inbox()),
        clears,
        () -> Instant.ofEpochMilli(now),
        counted);
  }

  /** Messages of these ages in days, in every store. */
  private void sent(String conversation, double... ages) {
    List<MsgData> messages = new ArrayList<>();
    for (int i = 0; i < ages.length; i++) {
      messages.add(
          MsgData.newBuilder()
              .setSendID(peer)
              .setRecvID(user)
              .setSessionType(1)
              .setClientMsgID("c" + (i + 1))
              .setSeq(i + 1L)
              .setSendTime(now - (long) (ages[i] * DAY))
              .setStatus(2)
              .setContent(ByteString.copyFromUtf8("text " + (i + 1)))
              .build());
    }
    show(conversation, messages);
    inbox(conversation, messages);
    history(conversation, messages);
    expire(conversation);
  }

  /** MySQL follows the log. */
  private void follow() {
    log.forEach(mutation -> history(mutation.getConversationId(), List.of(), mutation));
    log.clear();
  }

  private List<Long> stored(String conversation) {
    List<Long> all = LongStream.rangeClosed(1, 400).boxed().toList();
    return stores.history().find(conversation, all).entrySet().stream()
        .filter(entry -> entry.getValue().length > 0 && holdsText(entry.getValue()))
        .map(entry -> entry.getKey())
        .sorted()
        .toList();
  }

  private static boolean holdsText(byte[] body) {
    return new String(body, StandardCharsets.ISO_8859_1).contains("text ");
  }

  private List<Long> inInbox(String conversation) {
    return stores
        .inbox()
        .find(conversation, LongStream.rangeClosed(1, 400).boxed().toList())
        .keySet()
        .stream()
        .sorted()
        .toList();
  }

  private long first(String conversation) {
    return users.access(UserReader.NOBODY, conversation).bounds().first();
  }

  @Test
  void whatIsOlderGoesOutOfReachFirstAndOutOfTheStoresBehindThat() {
    sent(chat, 31, 30.5, 29, 1);
    HistoryRetention retention = retention(Duration.ofDays(30));
    retention.run();
    assertThat(first(chat)).isEqualTo(3);
    assertThat(log)
        .singleElement()
        .satisfies(mutation -> {
          assertThat(mutation.getClearing())
              .isEqualTo(Clearing.newBuilder().setThroughSeq(2).build());
        });
    now += 1_000;
    retention.run();
    assertThat(stored(chat)).as("MySQL does not say so yet").containsExactly(1L, 2L, 3L, 4L);
    follow();
    now += 10_000;
    retention.run();
    assertThat(stored(chat)).containsExactly(3L, 4L);
    assertThat(inInbox(chat)).containsExactly(3L, 4L);
    assertThat(counted.counter("history_deleted").count()).isEqualTo(2);
    assertThat(log).isEmpty();
  }

  @Test
  void historyIsKeptForGoodUnlessAnOperatorSaysSo() {
    sent(chat, 900, 800);
    retention(Duration.ZERO).run();
    now += DAY;
    retention(Duration.ZERO).run();
    assertThat(log).isEmpty();
    assertThat(stored(chat)).containsExactly(1L, 2L);
    assertThatThrownBy(() -> new RetentionConfig(Duration.ofHours(47)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("history.retention");
  }

  @Test
  void whoReadsMeanwhileAndWhoQuotesFindsADeletedMessage() {
    sent(chat, 31, 30.5, 29);
    HistoryRetention retention = retention(Duration.ofDays(30));
    retention.run();
    follow();
    now += 2_000;
    retention.run();
    var page = users.page(UserReader.NOBODY, chat, List.of(1L, 2L, 3L));
    assertThat(page.get(1L)).matches(StoredMessage::erased);
    assertThat(page.get(3L)).matches(found -> !found.erased());
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "DELETE FROM message WHERE conversation_id = ? AND seq = 3", MySql.id(chat)));
    stores.inbox().remove(chat, List.of(3L));
    assertThatExceptionOfType(StoreUnavailableException.class)
        .as("what may be read must be there")
        .isThrownBy(() -> users.page(UserReader.NOBODY, chat, List.of(3L)));
  }

  @Test
  void theNewestSeqIsKnownWhenAllIsGone() {
    sent(chat, 40, 39, 38);
    HistoryRetention retention = retention(Duration.ofDays(30));
    retention.run();
    follow();
    now += 2_000;
    retention.run();
    assertThat(stored(chat)).isEmpty();
    assertThat(inInbox(chat)).isEmpty();
    assertThat(first(chat)).isEqualTo(4);
    assertThat(stores.history().heights(reader.lane(chat), List.of(chat)).seqOf(chat)).isEqualTo(3);
    now += DAY;
    retention.run();
    assertThat(log).as("nothing is left to do").isEmpty();
  }

  @Test
  void eachConversationIsLookedAtInBoundedSteps() {
    List<String> chats = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      chats.add(chat + "x" + i);
      sent(chats.get(i), 40, 1);
    }
    HistoryRetention retention = retention(Duration.ofDays(30));
    retention.run();
    follow();
    now += 5_000;
    retention.run();
    for (String id : chats) {
      assertThat(stored(id)).containsExactly(2L);
    }
    sent(chat, 40, 1);
    now += Duration.ofMinutes(58).toMillis();
    retention.run();
    assertThat(log).as("the next look is an hour later").isEmpty();
    now += Duration.ofMinutes(3).toMillis();
    retention.run();
    assertThat(log).hasSize(1);
  }

  @Test
  void aLogThatTakesNothingIsTriedAgainAndTheLagSaysSo() {
    sent(chat, 31, 1);
    HistoryRetention retention = retention(Duration.ofDays(30));
    away = true;
    assertThatExceptionOfType(ImException.class).isThrownBy(retention::run);
    assertThat(stored(chat)).hasSize(2);
    away = false;
    now += HistoryPurge.LEASE.toMillis() + 7_000;
    retention.run();
    follow();
    now += 2_000;
    retention.run();
    assertThat(stored(chat)).containsExactly(2L);
    now += 2 * DAY;
    retention.run();
    assertThat(counted.get("history_retention_lag_seconds").gauge().value()).isZero();
  }

  private void deletePhysically(String caller, long seconds, String... conversations) {
    call(
        CallContext.user("op", caller, "Android", ""),
        msgGrpc.getDeleteMsgPhysicalMethod(),
        DeleteMsgPhysicalReq.newBuilder()
            .addAllConversationIDs(Arrays.asList(conversations))
            .setTimestamp(seconds)
            .build());
  }

  @Test
  void administratorsDeleteWhatIsOlderThanAnAgeInTheConversationsTheyName() {
    String other = chat + "o";
    sent(chat, 5, 4, 1, 0.5);
    sent(other, 5, 4);
    deletePhysically("imAdmin", 3 * DAY / 1_000, chat, chat, "si_none_x");
    assertThat(first(chat)).as("from the answer on").isEqualTo(3);
    assertThat(first(other)).isEqualTo(1);
    follow();
    HistoryRetention retention = retention(Duration.ZERO);
    retention.run();
    assertThat(stored(chat)).containsExactly(3L, 4L);
    assertThat(stored(other)).containsExactly(1L, 2L);
  }

  /** A message that is sent once more within two days gets its first ids. */
  @Test
  void idsOfYoungMessagesStayForTwoDays() {
    sent(chat, 5, 1, 0);
    deletePhysically("imAdmin", 0, chat);
    assertThat(first(chat)).isEqualTo(4);
    follow();
    HistoryRetention retention = retention(Duration.ZERO);
    retention.run();
    assertThat(stored(chat)).isEmpty();
    assertThat(inInbox(chat)).isEmpty();
    assertThat(stores.history().findSent(chat, peer, "c1")).isEmpty();
    assertThat(stores.history().findSent(chat, peer, "c2")).isPresent();
    now += 2 * DAY;
    retention.run();
    assertThat(stores.history().findSent(chat, peer, "c2")).isEmpty();
    assertThat(stores.history().findSent(chat, peer, "c3")).as("the newest").isPresent();
  }

  /** It is asked for before the log has it, so that whoever comes next does it. */
  @Test
  void aDeletionThatWasAskedForIsDoneWhateverBecomesOfItsCall() {
    sent(chat, 5, 1);
    away = true;
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> deletePhysically("imAdmin", 3 * DAY / 1_000, chat));
    away = false;
    HistoryRetention retention = retention(Duration.ZERO);
    retention.run();
    assertThat(first(chat)).isEqualTo(2);
    follow();
    now += 2_000;
    retention.run();
    assertThat(stored(chat)).containsExactly(2L);
  }
}
