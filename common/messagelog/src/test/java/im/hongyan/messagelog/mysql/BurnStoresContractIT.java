package im.hongyan.messagelog.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.PrivateMessage;
import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.mysql.BurnDueStore.Due;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.testkit.stores.QueryPlans;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what becomes due when private messages are read: once, for whom, when, and with the
 * position of the history writer.
 */
@ExtendWith(TestStoresExtension.class)
class BurnStoresContractIT {
  private static final AtomicInteger LANES = new AtomicInteger(70_000);

  @AutoClose private static MySql mysql;

  private final int lane = LANES.getAndIncrement();
  private final String key = UUID.randomUUID().toString();
  private final String single = "si_" + key;
  private final String group = "sg_" + key;
  private long offset = -1;
  private long now = 1_000_000;
  private HistoryStore history;
  private BurnDueStore due;

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
  }

  @BeforeEach
  void begin() {
    history = new MySqlHistoryStore(mysql, () -> Instant.ofEpochMilli(now));
    due = new BurnDueStore(mysql);
    execute("DELETE FROM burn_due");
    execute("DELETE FROM message_burn");
  }

  private static void execute(String sql) {
    mysql.jdbi().useHandle(handle -> handle.execute(sql));
  }

  private static long count(String table) {
    return mysql
        .jdbi()
        .withHandle(
            handle -> handle.createQuery("SELECT COUNT(*) FROM " + table).mapTo(Long.class).one());
  }

  private boolean append(long expected, Changes changes) {
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(expected + 1).build();
    return history.append(lane, expected, next, changes);
  }

  private void write(Changes changes) {
    assertThat(append(offset, changes)).isTrue();
    offset++;
  }

  /** Messages that burn, or with 0 seconds do not. */
  private void send(String conversation, String sender, int seconds, long... seqs) {
    List<Row> rows = new ArrayList<>();
    List<PrivateMessage> privates = new ArrayList<>();
    for (long seq : seqs) {
      rows.add(new Row(conversation, seq, sender, "c" + seq, now, new byte[] {1}));
      if (seconds > 0) {
        privates.add(new PrivateMessage(conversation, seq, sender, seconds));
      }
    }
    ReadMark own = new ReadMark(sender, conversation, seqs[seqs.length - 1]);
    write(new Changes(rows, List.of(own), List.of(), List.of(), privates));
  }

  private static Changes reads(ReadMark... marks) {
    return new Changes(List.of(), List.of(marks), List.of());
  }

  private void read(String conversation, String reader, long seq) {
    write(reads(new ReadMark(reader, conversation, seq)));
  }

  /** What is due by then, as "user seqs". */
  private List<String> dueBy(long millis) {
    return due.claim(millis, Long.MAX_VALUE, 100).stream()
        .map(each -> each.userId() + " " + each.seqs())
        .sorted()
        .toList();
  }

  @Test
  void aSingleChatBurnsForBothSidesSomeTimeAfterItsReaderHasReadIt() {
    send(single, "a", 30, 1, 2);
    send(single, "a", 0, 3);
    send(single, "a", 60, 4);
    assertThat(count("burn_due")).as("nothing is read").isZero();
    read(single, "b", 1);
    now += 1_000;
    read(single, "b", 4);
    assertThat(dueBy(1_029_999)).isEmpty();
    assertThat(dueBy(1_030_000)).containsExactly(" [1]");
    assertThat(dueBy(1_031_000)).containsExactly(" [2]");
    assertThat(dueBy(1_061_000)).containsExactly(" [4]");
    read(single, "b", 4);
    assertThat(count("message_burn")).as("read once").isZero();
    assertThat(count("burn_due")).isEqualTo(3);
  }

  @Test
  void aMessageReadInTheBatchThatBringsItBurnsToo() {
    write(
        new Changes(
            List.of(new Row(single, 1, "a", "c", now, new byte[] {1})),
            List.of(new ReadMark("a", single, 1), new ReadMark("b", single, 1)),
            List.of(),
            List.of(),
            List.of(new PrivateMessage(single, 1, "a", 5))));
    assertThat(dueBy(now + 5_000)).containsExactly(" [1]");
  }

  @Test
  void aMemberOfAGroupLosesItAfterReadingItAndItsSenderWithTheFirst() {
    send(group, "a", 30, 1);
    send(group, "b", 30, 2);
    assertThat(dueBy(Long.MAX_VALUE - 1)).as("b has read 1 by writing").hasSize(2);
    execute("DELETE FROM burn_due");
    read(group, "c", 2);
    assertThat(dueBy(now + 30_000)).containsExactly("b [2]", "c [1, 2]");
    execute("DELETE FROM burn_due");
    now += 500;
    read(group, "a", 2);
    assertThat(dueBy(now + 30_000)).as("b's own went with c's").containsExactly("a [2]");
  }

  @Test
  void whoJoinsHasNotReadWhatWasBefore() {
    send(group, "a", 30, 1, 2, 3);
    Mutation joining =
        Mutation.newBuilder()
            .setConversationId(group)
            .setJoining(Joining.newBuilder().addUserIds("d").setFromSeq(3))
            .build();
    write(new Changes(List.of(), List.of(new ReadMark("d", group, 2)), List.of(joining)));
    assertThat(count("burn_due")).isZero();
    read(group, "d", 3);
    assertThat(dueBy(Long.MAX_VALUE - 1)).containsExactly("a [3]", "d [3]");
  }

  @Test
  void aWriterThatLostItsLaneMakesNothingDue() {
    send(single, "a", 30, 1);
    assertThat(append(offset - 1, reads(new ReadMark("b", single, 1)))).isFalse();
    assertThat(count("burn_due")).isZero();
  }

  /** The lane comes back to a process that has seen no such message. */
  @Test
  void aWriterThatTakesALaneOverKnowsWhatBurns() {
    read(single, "b", 0);
    HistoryStore other = new MySqlHistoryStore(mysql, () -> Instant.ofEpochMilli(now));
    FollowerPosition at = FollowerPosition.newBuilder().setOffset(1).build();
    PrivateMessage message = new PrivateMessage(single, 1, "a", 30);
    Changes brings = new Changes(List.of(), List.of(), List.of(), List.of(), List.of(message));
    assertThat(other.append(lane, 0, at, brings)).isTrue();
    offset = history.position(lane).getOffset();
    read(single, "b", 1);
    assertThat(dueBy(now + 30_000)).containsExactly(" [1]");
  }

  @Test
  void whatIsDeletedForEverybodyNeedsNoBurning() {
    send(single, "a", 30, 1, 2);
    Mutation deletion =
        Mutation.newBuilder()
            .setConversationId(single)
            .setDeletion(Deletion.newBuilder().addSeqs(1))
            .build();
    write(new Changes(List.of(), List.of(), List.of(deletion)));
    read(single, "b", 2);
    assertThat(dueBy(now + 30_000)).containsExactly(" [2]");
  }

  @Test
  void manyMessagesAreDueInPartsOf500() {
    send(single, "a", 30, LongStream.rangeClosed(1, 1_200).toArray());
    read(single, "b", 1_200);
    List<Due> parts = due.claim(now + 30_000, Long.MAX_VALUE, 100);
    assertThat(parts).extracting(part -> part.seqs().size()).containsExactly(500, 500, 200);
    assertThat(parts.stream().flatMap(part -> part.seqs().stream()))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 1_200).boxed().toList());
  }

  @Test
  void aClaimIsOnesOwnUntilItEndsAndWhatIsDoneIsGone() {
    send(single, "a", 1, 1);
    read(single, "b", 1);
    long at = now + 1_000;
    assertThat(due.oldest()).hasValue(at);
    Due claimed = due.claim(at, at + 60_000, 10).getFirst();
    assertThat(due.claim(at + 59_999, Long.MAX_VALUE, 10)).isEmpty();
    assertThat(due.claim(at + 60_000, at + 120_000, 10)).containsExactly(claimed);
    due.done(claimed.id());
    due.done(claimed.id());
    assertThat(due.oldest()).isEmpty();
  }

  @Test
  void everyStatementGoesByAnIndex() {
    for (int chat = 0; chat < 20; chat++) {
      String id = single + chat;
      send(id, "a", 30, IntStream.rangeClosed(1, 50).mapToLong(i -> i).toArray());
      for (long seq = 1; seq <= 20; seq++) {
        read(id, "b", seq);
      }
    }
    for (String table : List.of("message_burn", "burn_due", "seq_user")) {
      execute("ANALYZE TABLE " + table);
    }
    history.position(lane);
    try (QueryPlans plans = QueryPlans.watch(mysql.jdbi(), List.of())) {
      read(single + 1, "b", 30);
      send(group, "a", 5, 1);
      read(group, "b", 1);
      due.claim(now + 5_000, now + 6_000, 2).forEach(each -> due.done(each.id()));
      due.oldest();
      assertThat(plans.offences()).isEmpty();
      assertThat(plans.explained()).hasSizeGreaterThan(8);
    }
  }
}
