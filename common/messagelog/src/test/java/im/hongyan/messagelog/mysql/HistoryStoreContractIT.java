package im.hongyan.messagelog.mysql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.Mention;
import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.HistoryStore.Top;
import im.hongyan.messagelog.mysql.HistoryFixture.UserSeqs;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that rows and the writer's position move together or not at all, that nothing is written
 * twice or read as another's, and that heights never run ahead of the position beside them.
 */
@ExtendWith(TestStoresExtension.class)
class HistoryStoreContractIT {
  private static final AtomicInteger LANES = new AtomicInteger();
  private static MySql mysql;
  private static HistoryStore store;

  private final int lane = LANES.getAndIncrement();
  private final String conversation = "si_" + UUID.randomUUID();

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
    store = new MySqlHistoryStore(mysql);
  }

  @AfterAll
  static void close() {
    if (mysql != null) {
      mysql.close();
    }
  }

  private static FollowerPosition position(long offset) {
    return FollowerPosition.newBuilder().setOffset(offset).addClaims(offset - 1).build();
  }

  private static Row row(String conversation, long seq, String sender, String clientId) {
    return new Row(conversation, seq, sender, clientId, 1000 + seq, body(conversation, seq));
  }

  private static byte[] body(String conversation, long seq) {
    return (conversation + " " + seq + " \0 鸿雁").getBytes(UTF_8);
  }

  private Row row(long seq) {
    return row(conversation, seq, "alice", "c" + seq);
  }

  @Test
  void mentionsAreHandedOverWithTheMessageAndOnce() {
    String group = conversation.substring(3);
    Mentions named = Mentions.newBuilder().addUserIds("bob").build();
    Mentions everyone = named.toBuilder().setEveryone(true).build();
    Changes changes =
        new Changes(
            List.of(),
            List.of(),
            List.of(),
            List.of(
                new Mention(group, 4, "alice", 40, named),
                new Mention(group, 5, "alice", 50, everyone)),
            List.of());

    assertThat(store.append(lane, -1, position(1), changes)).isTrue();
    assertThat(store.append(lane, -1, position(1), changes)).as("by a second writer").isFalse();

    List<String> handedOver =
        mysql
            .jdbi()
            .withHandle(handle ->
                handle
                    .createQuery(
                        "SELECT CONCAT_WS(' ', seq, everyone, sender_user_id, at_millis)"
                            + " FROM group_mention WHERE group_id = ? ORDER BY id")
                    .bind(0, MySql.id(group))
                    .mapTo(String.class)
                    .list());
    assertThat(handedOver).containsExactly("4 0 alice 40", "5 2 alice 50");
  }

  @Test
  void aLaneBeginsBeforeItsFirstRecord() {
    assertThat(store.position(lane)).isEqualTo(HistoryStore.START);
    assertThat(store.heights(lane, List.of(conversation)).writerOffset()).isEqualTo(-1);
  }

  @Test
  void rowsArriveWithThePosition() {
    assertThat(
            HistoryFixture.append(store, lane, -1, position(7), List.of(row(1), row(2)), List.of()))
        .isTrue();
    assertThat(store.position(lane)).isEqualTo(position(7));
    assertThat(HistoryFixture.seqs(mysql, conversation)).containsExactly(1L, 2L);
    assertThat(store.find(conversation, List.of(2L, 3L)))
        .containsOnlyKeys(2L)
        .hasEntrySatisfying(2L, found -> assertThat(found).isEqualTo(body(conversation, 2)));
  }

  @Test
  void anotherWriterThatMovedOnLeavesNothingOfOurs() {
    HistoryFixture.append(store, lane, -1, position(7), List.of(row(1)), List.of());
    ReadMark mark = new ReadMark(conversation, conversation, 2);
    assertThat(HistoryFixture.append(store, lane, 6, position(9), List.of(row(2)), List.of(mark)))
        .isFalse();
    assertThat(HistoryFixture.append(store, lane, -1, position(9), List.of(row(2)), List.of(mark)))
        .isFalse();
    assertThat(store.position(lane)).isEqualTo(position(7));
    assertThat(HistoryFixture.seqs(mysql, conversation)).containsExactly(1L);
    assertThat(HistoryFixture.userSeqs(mysql, conversation, List.of(conversation))).isEmpty();
  }

  @Test
  void aPositionCanMoveWithoutRows() {
    assertThat(HistoryFixture.append(store, lane, -1, position(3), List.of(), List.of())).isTrue();
    assertThat(HistoryFixture.append(store, lane, 3, position(4), List.of(), List.of())).isTrue();
    assertThat(store.position(lane)).isEqualTo(position(4));
  }

  @Test
  void rowsThatAreWrittenAgainChangeNothing() {
    HistoryFixture.append(store, lane, -1, position(1), List.of(row(1), row(2)), List.of());
    Row other = new Row(conversation, 2, "bob", "other", 5, new byte[] {1});
    assertThat(
            HistoryFixture.append(store, lane, 1, position(2), List.of(other, row(3)), List.of()))
        .isTrue();
    assertThat(HistoryFixture.seqs(mysql, conversation)).containsExactly(1L, 2L, 3L);
    assertThat(store.find(conversation, List.of(2L)).get(2L)).isEqualTo(body(conversation, 2));
    assertThat(store.findSent(conversation, "bob", "other")).isEmpty();
  }

  @Test
  void moreRowsThanAStatementHoldsAreOneTransaction() {
    List<Row> rows = LongStream.rangeClosed(1, 250).mapToObj(this::row).toList();
    List<ReadMark> marks =
        LongStream.rangeClosed(1, 250)
            .mapToObj(i -> new ReadMark("reader" + i, conversation, i))
            .toList();
    assertThat(HistoryFixture.append(store, lane, -1, position(250), rows, marks)).isTrue();
    assertThat(HistoryFixture.seqs(mysql, conversation)).hasSize(250);
    assertThat(store.find(conversation, rows.stream().map(Row::seq).toList())).hasSize(250);
    assertThat(HistoryFixture.userSeqs(mysql, "reader250", List.of(conversation)))
        .containsEntry(conversation, new UserSeqs(0, 0, 250));
  }

  @Test
  void readMarksOnlyGoUp() {
    String reader = conversation;
    long offset = -1;
    for (long seq : List.of(5L, 3L, 9L, 1L)) {
      ReadMark mark = new ReadMark(reader, conversation, seq);
      assertThat(
              HistoryFixture.append(
                  store, lane, offset, position(offset + 1), List.of(), List.of(mark)))
          .isTrue();
      offset++;
    }
    assertThat(HistoryFixture.userSeqs(mysql, reader, List.of(conversation, "si_other")))
        .isEqualTo(Map.of(conversation, new UserSeqs(0, 0, 9)));
    assertThat(HistoryFixture.userSeqs(mysql, reader, List.of())).isEmpty();
  }

  @Test
  void heightsAreTheNewestMessagesAndLeaveOutEmptyConversations() {
    HistoryFixture.append(
        store, lane, -1, position(8), List.of(row(1), row(12), row(3)), List.of());
    var heights = store.heights(lane, List.of("si_nobody", conversation));
    assertThat(heights.writerOffset()).isEqualTo(8);
    assertThat(heights.tops()).isEqualTo(Map.of(conversation, new Top(12, 1012)));
    assertThat(heights.seqOf(conversation)).isEqualTo(12);
    assertThat(heights.seqOf("si_nobody")).isZero();
    assertThat(store.heights(lane, List.of()).writerOffset()).isEqualTo(8);
  }

  @Test
  void heightsOfMoreConversationsThanAStatementNames() {
    List<String> conversations =
        LongStream.range(0, 230).mapToObj(i -> conversation + "_" + i).toList();
    List<Row> rows =
        LongStream.range(0, 230)
            .mapToObj(i -> row(conversations.get((int) i), i + 1, "alice", "c"))
            .toList();
    HistoryFixture.append(store, lane, -1, position(230), rows, List.of());
    var heights = store.heights(lane, conversations);
    assertThat(heights.tops()).hasSize(230);
    assertThat(heights.seqOf(conversations.get(229))).isEqualTo(230);
    assertThat(heights.writerOffset()).isEqualTo(230);
  }

  /** Record n of the lane has seq n here, so a seq above the offset beside it came too early. */
  @Test
  void heightsNeverRunAheadOfThePositionBesideThem() {
    long last = 400;
    var writing =
        CompletableFuture.runAsync(() -> {
          for (long n = 1; n <= last; n++) {
            long before = n == 1 ? -1 : n - 1;
            assertThat(
                    HistoryFixture.append(
                        store, lane, before, position(n), List.of(row(n)), List.of()))
                .isTrue();
          }
        });
    while (!writing.isDone()) {
      var heights = store.heights(lane, List.of(conversation));
      assertThat(heights.seqOf(conversation))
          .isLessThanOrEqualTo(Math.max(0, heights.writerOffset()));
    }
    writing.join();
    assertThat(store.heights(lane, List.of(conversation)).seqOf(conversation)).isEqualTo(last);
  }

  @Test
  void theFirstMessageOfAClientsIdIsFound() {
    HistoryFixture.append(
        store,
        lane,
        -1,
        position(3),
        List.of(
            row(conversation, 1, "alice", "id"),
            row(conversation, 2, "bob", "id"),
            row(conversation, 3, "alice", "id")),
        List.of());
    assertThat(store.findSent(conversation, "alice", "id"))
        .hasValueSatisfying(found -> {
          assertThat(found.seq()).isEqualTo(1);
          assertThat(found.sendTimeMillis()).isEqualTo(1001);
          assertThat(found.body()).isEqualTo(body(conversation, 1));
        });
    assertThat(store.findSent(conversation, "alice", "other")).isEmpty();
    assertThat(store.findSent("si_other", "alice", "id")).isEmpty();
  }

  /** Default collations merge all of these; our ids are bytes. */
  @Test
  void idsAreComparedByteByByte() {
    List<String> ids = List.of("A", "a", "ä", "a\u0308", "a ", "A\0", "ａ", "😀");
    List<Row> rows =
        ids.stream().map(id -> row(conversation + id, 1, "from" + id, "client" + id)).toList();
    List<ReadMark> marks =
        ids.stream().map(id -> new ReadMark(conversation + id, conversation, id.length())).toList();
    HistoryFixture.append(store, lane, -1, position(1), rows, marks);
    for (String id : ids) {
      assertThat(store.find(conversation + id, List.of(1L)).get(1L))
          .isEqualTo(body(conversation + id, 1));
      assertThat(store.findSent(conversation + id, "from" + id, "client" + id)).isPresent();
      assertThat(HistoryFixture.userSeqs(mysql, conversation + id, List.of(conversation)))
          .containsEntry(conversation, new UserSeqs(0, 0, id.length()));
    }
    assertThat(store.findSent(conversation + "A", "froma", "clientA")).isEmpty();
    assertThat(store.findSent(conversation + "A", "fromA", "clienta")).isEmpty();
    assertThat(store.heights(lane, List.of(conversation + "Ａ")).tops()).isEmpty();
  }

  @Test
  void aBodyOfMoreThanSixtyFourKilobytesComesBackWhole() {
    byte[] large = new byte[1_000_000];
    large[999_999] = 7;
    HistoryFixture.append(
        store,
        lane,
        -1,
        position(1),
        List.of(new Row(conversation, 1, "a", "b", 1, large)),
        List.of());
    assertThat(store.find(conversation, List.of(1L)).get(1L)).isEqualTo(large);
  }
}
