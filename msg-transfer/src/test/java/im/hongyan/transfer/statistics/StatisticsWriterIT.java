package im.hongyan.transfer.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.mysql.MySqlHistoryPages;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.messagelog.mysql.MySqlMessageStatistics;
import im.hongyan.messagelog.mysql.MySqlStatisticsStore;
import im.hongyan.messagelog.statistics.MessageStatistics;
import im.hongyan.messagelog.statistics.MessageStatistics.Answer;
import im.hongyan.messagelog.statistics.MessageStatistics.By;
import im.hongyan.messagelog.statistics.MessageStatistics.Count;
import im.hongyan.messagelog.statistics.MessageStatistics.Question;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.testkit.TestClock;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.transfer.follower.LaneHistory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what the follower counts: stored messages of chats that count by the void rule, each once,
 * whoever follows and wherever the message comes from, some seconds late.
 */
@ExtendWith(TestStoresExtension.class)
class StatisticsWriterIT {
  private static final int LANE = 0;
  private static final String CHAT = "si_alice_bob";

  private static MySql mysql;
  private static MessageStatistics statistics;

  private final TestClock clock = TestClock.fixed();

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
    statistics = new MySqlMessageStatistics(mysql, 1);
  }

  @AfterAll
  static void close() {
    if (mysql != null) {
      mysql.close();
    }
  }

  @BeforeEach
  void empty() {
    mysql
        .jdbi()
        .useHandle(handle -> {
          for (String table :
              List.of("sent_block", "sent_day", "sent_counted", "sent_lane", "message")) {
            handle.execute("DELETE FROM " + table);
          }
          handle.execute("DELETE FROM sequence_position WHERE lane = ?", LANE);
        });
  }

  private StatisticsWriter writer() {
    return new StatisticsWriter(
        new MySqlStatisticsStore(mysql),
        new MySqlHistoryStore(mysql),
        new LaneHistory(new MySqlHistoryPages(mysql), 1),
        clock,
        new LaneGauges(new SimpleMeterRegistry(), "statistics"));
  }

  /** Asks until the lane starts, as the consumer does. */
  private static LaneStart start(StatisticsWriter writer, long begin) {
    for (int i = 0; i < 1_000; i++) {
      LaneStart start = writer.start(LANE, begin);
      if (!start.equals(LaneStart.NOT_YET)) {
        return start;
      }
    }
    throw new AssertionError("the lane does not start");
  }

  private static LaneRecord claim(long offset) {
    return new LaneRecord(
        offset,
        1_000,
        LaneRecords.encode(
            SequencedRecord.newBuilder().setClaim(Claim.newBuilder().setOwner("o")).build()));
  }

  private static LaneRecord record(long offset, long term, InboundRecord message) {
    return new LaneRecord(
        offset,
        1_000,
        LaneRecords.encode(SequencedRecord.newBuilder().setTerm(term).setMessage(message).build()));
  }

  private static InboundRecord message(String sender, String conversation, long seq) {
    return InboundRecord.newBuilder()
        .setSendId(sender)
        .setSendTimeMillis(5_000)
        .addCopies(Copy.newBuilder().setConversationId(conversation).setSeq(seq))
        .build();
  }

  private static List<Count> counts(By by) {
    return statistics.count(new Question(by, 0, Long.MAX_VALUE, false, 0, 100)).page();
  }

  /** What waits is due by now. */
  private Set<Integer> finishLate(StatisticsWriter writer) {
    clock.advance(Duration.ofSeconds(5));
    return writer.finish();
  }

  @Test
  void whatCountsIsCounted() {
    StatisticsWriter writer = writer();
    assertThat(start(writer, 0)).isEqualTo(LaneStart.at(0));
    InboundRecord notification =
        message("alice", "n_flock", 1).toBuilder()
            .addCopies(Copy.newBuilder().setConversationId("sg_flock").setSeq(2))
            .build();
    writer.handle(
        LANE,
        List.of(
            claim(0),
            record(1, 0, message("alice", CHAT, 1)),
            record(2, 7, message("void", CHAT, 2)),
            record(3, 0, message("alice", "n_alice_bob", 1)),
            record(4, 0, message("typing", CHAT, 0)),
            record(5, 0, message("alice", "sn_alice_bob", 1)),
            claim(6),
            record(7, 0, message("zombie", CHAT, 2)),
            record(8, 6, message("bob", CHAT, 2)),
            record(9, 6, message("bob", "sg_flock", 1)),
            record(10, 6, notification),
            record(11, 6, message("", "sg_flock", 3))));
    assertThat(writer.finish()).isEmpty();
    assertThat(counts(By.SENDER)).as("nobody waits for it").isEmpty();
    assertThat(finishLate(writer)).isEmpty();
    assertThat(counts(By.SENDER_OF_SINGLE))
        .containsExactly(new Count("alice", 1), new Count("bob", 1));
    assertThat(counts(By.SENDER)).containsExactly(new Count("alice", 2), new Count("bob", 2));
    assertThat(counts(By.GROUP)).containsExactly(new Count("flock", 2));
    writer.stop(LANE);
    writer.handle(LANE, List.of(record(12, 6, message("late", CHAT, 3))));
    finishLate(writer);
    assertThat(counts(By.SENDER)).hasSize(2);
  }

  @Test
  void manyAreWrittenAtOnceAndMoreAreNotAskedFor() {
    StatisticsWriter writer = writer();
    start(writer, 0);
    writer.handle(LANE, List.of(claim(0)));
    List<LaneRecord> thousand =
        LongStream.rangeClosed(1, 1_000)
            .mapToObj(seq -> record(seq, 0, message("alice", CHAT, seq)))
            .toList();
    writer.handle(LANE, thousand.subList(0, 999));
    writer.finish();
    assertThat(counts(By.SENDER)).isEmpty();
    writer.handle(LANE, thousand.subList(999, 1_000));
    assertThat(writer.acceptsMore(LANE)).isTrue();
    writer.handle(
        LANE,
        LongStream.rangeClosed(1_001, 2_000)
            .mapToObj(seq -> record(seq, 0, message("alice", CHAT, seq)))
            .toList());
    assertThat(writer.acceptsMore(LANE)).isFalse();
    writer.finish();
    assertThat(counts(By.SENDER)).containsExactly(new Count("alice", 2_000));
    assertThat(writer.acceptsMore(LANE)).isTrue();
  }

  @Test
  void aSecondFollowerGoesOnWhereTheFirstHadWritten() {
    StatisticsWriter first = writer();
    start(first, 0);
    first.handle(LANE, List.of(claim(0), record(1, 0, message("alice", CHAT, 1))));
    finishLate(first);
    first.handle(LANE, List.of(record(2, 0, message("alice", CHAT, 2))));
    StatisticsWriter second = writer();
    LaneStart start = start(second, 0);
    assertThat(List.of(start.from(), start.handled())).containsExactly(0L, 1L);
    second.handle(
        LANE,
        List.of(
            claim(0),
            record(1, 0, message("alice", CHAT, 1)),
            record(2, 0, message("alice", CHAT, 2))));
    finishLate(second);
    assertThat(counts(By.SENDER)).containsExactly(new Count("alice", 2));
    assertThat(finishLate(first)).as("the lane is started again").containsExactly(LANE);
    assertThat(counts(By.SENDER)).containsExactly(new Count("alice", 2));
    start = start(first, 0);
    assertThat(start.handled()).isEqualTo(2);
  }

  /**
   * More than one step holds; history goes on while it is counted, and the log has that as well.
   */
  @Test
  void whatTheLogHasLostComesFromHistoryAndCountsOnce() {
    history(-1, 100, rows(1, 2_500));
    StatisticsWriter writer = writer();
    for (int i = 0; i < 3; i++) {
      assertThat(writer.start(LANE, 50)).isEqualTo(LaneStart.NOT_YET);
    }
    // Another process goes on.
    writer = writer();
    history(100, 120, rows(2_501, 2_520));
    LaneStart start = start(writer, 50);
    assertThat(List.of(start.from(), start.handled())).containsExactly(90L, 100L);
    List<LaneRecord> again =
        LongStream.rangeClosed(101, 125)
            .mapToObj(offset -> record(offset, 90, message("alice", chat(offset), offset + 2_400)))
            .toList();
    writer.handle(LANE, List.of(claim(90)));
    writer.handle(LANE, again);
    finishLate(writer);
    assertThat(counts(By.SENDER)).containsExactly(new Count("alice", 2_525));
    Answer groups = statistics.count(new Question(By.GROUP, 0, 5_001, true, 0, 100));
    assertThat(groups.messages()).isEqualTo(825);

    history(120, 600, rows(2_521, 2_530));
    assertThat(start(writer(), 500).handled()).as("the log begins behind it").isEqualTo(600);
    assertThat(counts(By.SENDER)).containsExactly(new Count("alice", 2_530));
  }

  private static String chat(long offset) {
    return offset + 2_400 <= 1_700 ? CHAT : "sg_flock" + (offset + 2_400) % 3;
  }

  private static List<Row> rows(long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(seq -> {
          String chat = seq <= 1_700 ? CHAT : "sg_flock" + seq % 3;
          return new Row(chat, seq, "alice", "c" + seq, 5_000, new byte[] {1});
        })
        .toList();
  }

  private static void history(long expected, long offset, List<Row> rows) {
    FollowerPosition at =
        FollowerPosition.newBuilder().setOffset(offset).addClaims(90).addClaimMillis(1).build();
    assertThat(
            new MySqlHistoryStore(mysql)
                .append(LANE, expected, at, new Changes(rows, List.of(), List.of())))
        .isTrue();
  }

  /** History's own writer deals with a log that has lost what history lacks. */
  @Test
  void itWaitsForHistory() {
    StatisticsWriter writer = writer();
    for (int i = 0; i < 5; i++) {
      assertThat(writer.start(LANE, 50)).isEqualTo(LaneStart.NOT_YET);
    }
    assertThat(new MySqlStatisticsStore(mysql).counted(LANE)).isNull();
  }
}
