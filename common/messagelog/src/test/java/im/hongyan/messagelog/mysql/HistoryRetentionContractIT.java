package im.hongyan.messagelog.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.PrivateMessage;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.mysql.HistoryRetentionStore.Purge;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.testkit.stores.QueryPlans;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what is found old, whose turn it is, and what deleting leaves: the newest seq, the ids of
 * young messages for a time, and nothing else.
 */
@ExtendWith(TestStoresExtension.class)
class HistoryRetentionContractIT {
  private static final AtomicInteger LANES = new AtomicInteger(80_000);
  private static final long DAY = 86_400_000;
  private static final long LEASE = 60_000;

  @AutoClose private static MySql mysql;

  private final int lane = LANES.getAndIncrement();
  private final String chat = "si_" + UUID.randomUUID();
  private HistoryStore history;
  private HistoryRetentionStore store;
  private long offset = -1;

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
  }

  @BeforeEach
  void begin() {
    history = new MySqlHistoryStore(mysql);
    store = new HistoryRetentionStore(mysql);
    mysql
        .jdbi()
        .useHandle(handle -> {
          handle.execute("DELETE FROM history_purge");
          handle.execute("DELETE FROM history_sweep");
        });
  }

  private void write(Changes changes) {
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(offset + 1).build();
    assertThat(history.append(lane, offset, next, changes)).isTrue();
    offset++;
  }

  private static MsgData message(long seq, long sentMillis) {
    return MsgData.newBuilder()
        .setSendID("a")
        .setClientMsgID("c" + seq)
        .setServerMsgID("s" + seq)
        .setSendTime(sentMillis)
        .setSeq(seq)
        .setStatus(2)
        .setContent(ByteString.copyFromUtf8("secret"))
        .build();
  }

  /** Messages from seq 1 on, sent at these times. */
  private void send(long... times) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < times.length; i++) {
      long seq = i + 1L;
      byte[] body = message(seq, times[i]).toByteArray();
      rows.add(new Row(chat, seq, "a", "c" + seq, times[i], body));
    }
    write(new Changes(rows, List.of(), List.of()));
  }

  private void change(Mutation.Builder mutation) {
    Mutation whole = mutation.setConversationId(chat).build();
    write(new Changes(List.of(), List.of(), List.of(whole)));
  }

  private List<Long> seqs() {
    return HistoryFixture.seqs(mysql, chat);
  }

  private MsgData stored(long seq) throws InvalidProtocolBufferException {
    return MsgData.parseFrom(history.find(chat, List.of(seq)).get(seq));
  }

  private long rows(String table) {
    return mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("SELECT COUNT(*) FROM " + table + " WHERE conversation_id = ?")
                .bind(0, MySql.id(chat))
                .mapTo(Long.class)
                .one());
  }

  private Purge claim(long now) {
    return store.claim(now, now + LEASE).orElseThrow();
  }

  /** Deletes all that a claim says; ids of what was sent later stay. */
  private void delete(Purge claimed, long keepIds, long again) {
    Purge purge = claimed;
    List<Long> seqs = store.next(purge, 2);
    while (!seqs.isEmpty()) {
      assertThat(store.delete(purge, seqs, keepIds)).isTrue();
      purge = purge.behind(seqs.getLast());
      seqs = store.next(purge, 2);
    }
    store.done(purge, again);
  }

  @Test
  void oldIsWhatAConversationBeginsWith() {
    assertThat(store.oldThrough(chat, 100, 10)).isZero();
    send(10, 20, 30, 25, 90, 15);
    assertThat(store.oldThrough(chat, 9, 10)).isZero();
    assertThat(store.oldThrough(chat, 20, 10)).isEqualTo(2);
    assertThat(store.oldThrough(chat, 30, 10)).as("15 lies behind 90").isEqualTo(4);
    assertThat(store.oldThrough(chat, 100, 10)).isEqualTo(6);
    assertThat(store.oldThrough(chat, 100, 3)).isEqualTo(3);
  }

  @Test
  void ofWhatIsDeletedTheNewestKeepsItsSeqAndIdsAlone() throws InvalidProtocolBufferException {
    send(10, 20, 30, 40, 50);
    change(Mutation.newBuilder().setDeletion(Deletion.newBuilder().setUserId("b").addSeqs(2)));
    change(Mutation.newBuilder().setDeletion(Deletion.newBuilder().addSeqs(3)));
    write(
        new Changes(
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(new PrivateMessage(chat, 4, "a", 9))));
    store.ask(Map.of(chat, 5L), 1_000);
    delete(claim(1_000), 60, 0);
    assertThat(seqs()).containsExactly(5L);
    assertThat(stored(5).getContent().isEmpty()).isTrue();
    assertThat(stored(5).getServerMsgID()).isEqualTo("s5");
    assertThat(history.findSent(chat, "a", "c5")).isPresent();
    assertThat(rows("message_mark")).isZero();
    assertThat(rows("message_deleted")).isZero();
    assertThat(rows("message_burn")).isZero();
    assertThat(history.heights(lane, List.of(chat)).seqOf(chat)).isEqualTo(5);
    assertThat(store.claim(Long.MAX_VALUE, 1)).as("all is done").isEmpty();
    assertThat(store.oldThrough(chat, 100, 10)).as("nothing is left to delete").isZero();
  }

  @Test
  void onlyWhatWasAskedForGoes() {
    send(10, 20, 30, 40);
    store.ask(Map.of(chat, 2L), 1_000);
    delete(claim(1_000), 60, 0);
    assertThat(seqs()).containsExactly(3L, 4L);
  }

  @Test
  void idsOfYoungMessagesGoTheSecondTime() throws InvalidProtocolBufferException {
    send(10, 20, 70, 80, 90);
    store.ask(Map.of(chat, 4L), 1_000);
    delete(claim(1_000), 60, 5_000);
    assertThat(seqs()).containsExactly(3L, 4L, 5L);
    assertThat(stored(3).getContent().isEmpty()).isTrue();
    assertThat(stored(3).getClientMsgID()).isEqualTo("c3");
    assertThat(stored(5).getContent().isEmpty()).isFalse();
    assertThat(store.claim(4_999, 1)).isEmpty();
    delete(claim(5_000), 60, 0);
    assertThat(seqs()).containsExactly(5L);
    assertThat(store.claim(Long.MAX_VALUE, 1)).isEmpty();
  }

  /** Wherever a process dies, another goes on, and what the first does then changes nothing. */
  @Test
  void aDeletionThatWasCutOffGoesOn() {
    send(10, 20, 30, 40, 50);
    store.ask(Map.of(chat, 4L), 1_000);
    Purge dead = claim(1_000);
    assertThat(store.delete(dead, store.next(dead, 2), 60)).isTrue();
    assertThat(store.claim(1_000 + LEASE - 1, 1)).isEmpty();
    Purge next = claim(1_000 + LEASE);
    assertThat(next.next()).isEqualTo(3);
    assertThat(store.delete(dead, List.of(3L), 60)).as("it lost its claim").isFalse();
    store.done(dead, 0);
    store.putOff(dead, 0);
    store.goOn(dead, 0);
    assertThat(seqs()).containsExactly(3L, 4L, 5L);
    delete(next, 60, 0);
    assertThat(seqs()).containsExactly(5L);
  }

  @Test
  void moreThatIsAskedForMeanwhileIsDoneAsWell() {
    send(10, 20, 30, 40, 50);
    store.ask(Map.of(chat, 2L), 1_000);
    Purge first = claim(1_000);
    store.ask(Map.of(chat, 4L), 1_500);
    store.ask(Map.of(chat, 3L), 1_600);
    store.askUnlessAsked(chat, 5, 1_700);
    delete(claim(2_000), 60, 0);
    store.done(first, 0);
    assertThat(seqs()).containsExactly(5L);
  }

  @Test
  void oneThatIsPutOffComesLaterAndCountsIt() {
    store.ask(Map.of(chat, 2L), 1_000);
    assertThat(claim(1_000).tries()).isZero();
    store.putOff(new Purge(chat, 0, 2, true, 0, 1_000 + LEASE), 3_000);
    assertThat(store.claim(2_999, 1)).isEmpty();
    assertThat(claim(3_000).tries()).isEqualTo(1);
  }

  @Test
  void oneProcessHasTheTurnAndAnotherGoesOnWhereItDied() {
    assertThat(store.takeTurn(1_000, 61_000))
        .hasValueSatisfying(turn -> {
          assertThat(turn.after()).isEmpty();
        });
    assertThat(store.takeTurn(60_999, 1)).isEmpty();
    store.endTurn(61_000, "si_m", 2_000);
    assertThat(store.takeTurn(2_000, 62_000).orElseThrow().after()).isEqualTo("si_m");
    assertThat(store.takeTurn(62_000, 122_000).orElseThrow().after()).isEqualTo("si_m");
    store.endTurn(62_000, "si_z", 0);
    assertThat(store.takeTurn(121_999, 1)).as("the dead one ended no turn").isEmpty();
    store.endTurn(122_000, "", 200_000);
    assertThat(store.oldest(true)).hasValue(200_000);
    assertThat(store.oldest(false)).isEmpty();
  }

  @Test
  void theFirstReadableSeqIsThatOfEverybody() {
    assertThat(store.firstReadable(chat)).isZero();
    send(10, 20);
    change(Mutation.newBuilder().setClearing(Clearing.newBuilder().setThroughSeq(1)));
    assertThat(store.firstReadable(chat)).isEqualTo(2);
  }

  @Test
  void everyStatementGoesByAnIndex() {
    send(LongStream.rangeClosed(1, 3_000).toArray());
    for (int i = 0; i < 200; i++) {
      store.ask(Map.of(chat + i, 1L), DAY);
      byte[] body = message(1, 1).toByteArray();
      write(new Changes(List.of(new Row(chat + i, 1, "a", "c", 1, body)), List.of(), List.of()));
    }
    fillBeside();
    try (QueryPlans plans = QueryPlans.watch(mysql.jdbi(), List.of())) {
      store.takeTurn(1, 2);
      store.endTurn(2, chat, 3);
      new MySqlHistoryPages(mysql).conversations(chat, 10);
      store.oldThrough(chat, 10, 100);
      store.firstReadable(chat);
      store.ask(Map.of(chat, 1_500L), 1_000);
      Purge purge = claim(1_000);
      List<Long> seqs = store.next(purge, 500);
      store.delete(purge, seqs, 100);
      store.putOff(purge, 1_000);
      Purge again = claim(1_000);
      store.goOn(again, 1_000);
      store.done(claim(1_000), 1_000);
      store.oldest(true);
      assertThat(plans.offences()).isEmpty();
      assertThat(plans.explained()).hasSizeGreaterThan(15);
    }
  }

  /** A planner reads all of a table that is nearly empty. */
  private void fillBeside() {
    mysql
        .jdbi()
        .useHandle(handle -> {
          for (String insert :
              List.of(
                  "message_mark (conversation_id, seq, is_read) SELECT conversation_id, seq, 1",
                  "message_burn (conversation_id, seq, send_id, seconds)"
                      + " SELECT conversation_id, seq, 'a', 1",
                  "message_deleted (user_id, conversation_id, seq)"
                      + " SELECT 'u', conversation_id, seq",
                  "message_parked (id_hash, seq, conversation_id, send_id, client_msg_id,"
                      + " send_time, body, reason)"
                      + " SELECT LEFT(conversation_id, 30), seq, '', '', '', 1, '', ''")) {
            handle.execute(
                "INSERT INTO " + insert + " FROM message WHERE conversation_id = ?",
                MySql.id(chat));
          }
          for (String table :
              List.of(
                  "message",
                  "history_purge",
                  "message_mark",
                  "message_burn",
                  "message_deleted",
                  "message_parked")) {
            handle.execute("ANALYZE TABLE " + table);
          }
        });
  }
}
