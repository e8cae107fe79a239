package im.hongyan.messagelog.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.mysql.MySqlStatisticsStore.Thresholds;
import im.hongyan.messagelog.statistics.MessageStatistics;
import im.hongyan.messagelog.statistics.MessageStatistics.Answer;
import im.hongyan.messagelog.statistics.MessageStatistics.By;
import im.hongyan.messagelog.statistics.MessageStatistics.Count;
import im.hongyan.messagelog.statistics.MessageStatistics.Question;
import im.hongyan.messagelog.statistics.SentMessage;
import im.hongyan.messagelog.statistics.StatisticsStore;
import im.hongyan.messagelog.statistics.StatisticsStore.Counted;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.stores.QueryPlans;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that the counts are those of a scan over all messages, whatever the range, the day and the
 * state of the rows, and that each message counts once.
 */
@ExtendWith(TestStoresExtension.class)
class StatisticsStoreContractIT {
  private static final List<By> BYS = List.of(By.values());
  private static final int LANES = 2;
  private static final long DAY = 86_400_000;
  private static final long FIRST_DAY = 20_000 * DAY;
  private static final List<String> CONVERSATIONS =
      List.of("si_a_b", "si_a_c", "si_b_c", "si_B_c", "sg_g1", "sg_g2", "sg_G1", "g_old");
  private static final Thresholds FEW = new Thresholds(4, 20, 40);
  private static final FollowerPosition START = HistoryStore.START;

  private static MySql mysql;

  private StatisticsStore store;
  private MessageStatistics statistics;
  private final List<SentMessage> sent = new ArrayList<>();
  private final long[] offsets = {-1, -1};
  private long seq;
  private long now = FIRST_DAY;

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
  }

  @AfterAll
  static void close() {
    if (mysql != null) {
      mysql.close();
    }
  }

  @BeforeEach
  void empty() {
    store = new MySqlStatisticsStore(mysql, FEW);
    statistics = new MySqlMessageStatistics(mysql, LANES);
    mysql
        .jdbi()
        .useHandle(handle -> {
          for (String table : List.of("sent_block", "sent_day", "sent_counted", "sent_lane")) {
            handle.execute("DELETE FROM " + table);
          }
          handle.execute("DELETE FROM sequence_position WHERE follower = 'statistics'");
        });
  }

  private static int lane(String conversation) {
    return Lane.of(new ConversationId(conversation), LANES);
  }

  private SentMessage message(String conversation, String sender, long millis) {
    return new SentMessage(conversation, ++seq, sender, millis);
  }

  private boolean append(int lane, List<SentMessage> messages) {
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(offsets[lane] + 10).build();
    boolean moved = store.append(lane, offsets[lane], next, messages);
    if (moved) {
      offsets[lane] += 10;
      sent.addAll(messages);
    }
    return moved;
  }

  private void tidyAll() {
    for (int lane = 0; lane < LANES; lane++) {
      while (store.tidy(lane, now)) {
        // until nothing is left
      }
    }
  }

  private static long rows(String table) {
    return mysql
        .jdbi()
        .withHandle(
            handle -> handle.createQuery("SELECT COUNT(*) FROM " + table).mapTo(Long.class).one());
  }

  private Answer all(By by) {
    return statistics.count(new Question(by, 0, Long.MAX_VALUE, false, 0, 100));
  }

  @Test
  void messagesAndPositionMoveTogetherOrNotAtAll() {
    int lane = lane("si_a_b");
    assertThat(store.position(lane)).isEqualTo(START);
    assertThat(append(lane, List.of(message("si_a_b", "a", FIRST_DAY)))).isTrue();
    FollowerPosition other = FollowerPosition.newBuilder().setOffset(77).build();
    assertThat(store.append(lane, 3, other, List.of(message("si_a_b", "a", FIRST_DAY)))).isFalse();
    assertThat(store.position(lane).getOffset()).isEqualTo(9);
    assertThat(all(By.SENDER).messages()).isEqualTo(1);
  }

  /**
   * Random days, also late ones, folds at random, and each kind of question held against a scan.
   */
  @RepeatedTest(4)
  void countsWhatAScanCounts(@Seeded long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < 90; step++) {
      int lane = random.nextInt(LANES);
      List<String> here =
          CONVERSATIONS.stream().filter(conversation -> lane(conversation) == lane).toList();
      List<SentMessage> messages =
          IntStream.range(0, here.isEmpty() ? 0 : random.nextInt(8))
              .mapToObj(_ ->
                  message(
                      here.get(random.nextInt(here.size())),
                      random.nextInt(9) == 0 ? "U1" : "u" + random.nextInt(5),
                      moment(random)))
              .toList();
      assertThat(append(lane, messages)).isTrue();
      if (random.nextInt(3) == 0) {
        store.tidy(lane, now);
      }
      if (random.nextInt(30) == 0) {
        // Another process takes the lanes over.
        store = new MySqlStatisticsStore(mysql, FEW);
        IntStream.range(0, LANES).forEach(store::begin);
      }
      if (step % 30 == 29) {
        now += DAY;
        compare(random);
      }
    }
    tidyAll();
    compare(random);
    now += 2 * DAY;
    append(0, List.of());
    append(1, List.of());
    tidyAll();
    assertThat(rows("sent_block WHERE state = 1")).as("all days are over").isZero();
    compare(random);
    assertThat(statistics.count(new Question(By.SENDER, 0, Long.MAX_VALUE, false, 0, 0)).messages())
        .isEqualTo(sent.size());
  }

  /** In four days, often at the edge of one. */
  private static long moment(Random random) {
    long day = FIRST_DAY + random.nextInt(4) * DAY;
    return switch (random.nextInt(4)) {
      case 0 -> day;
      case 1 -> day + DAY - 1;
      default -> day + random.nextInt((int) DAY);
    };
  }

  private void compare(Random random) {
    for (int i = 0; i < 25; i++) {
      By by = BYS.get(random.nextInt(BYS.size()));
      long from = random.nextInt(5) == 0 ? 0 : moment(random);
      long to = random.nextInt(5) == 0 ? Long.MAX_VALUE : moment(random) + random.nextInt(2);
      boolean ascending = random.nextBoolean();
      Question question =
          new Question(by, from, to, ascending, random.nextInt(3), random.nextInt(4));
      Answer answer = statistics.count(question);
      List<SentMessage> fitting =
          sent.stream()
              .filter(one -> one.sentMillis() >= from && one.sentMillis() < to)
              .filter(one -> by == By.SENDER || one.groupId().isEmpty() == (by != By.GROUP))
              .toList();
      Map<String, Long> counts =
          counted(fitting, by == By.GROUP ? SentMessage::groupId : SentMessage::sendId);
      Comparator<Count> order = Comparator.comparingLong(Count::messages);
      List<Count> page =
          counts.entrySet().stream()
              .map(entry -> new Count(entry.getKey(), entry.getValue()))
              .sorted((ascending ? order : order.reversed()).thenComparing(Count::id))
              .skip(question.skip())
              .limit(question.most())
              .toList();
      assertThat(answer)
          .as("%s", question)
          .isEqualTo(
              new Answer(
                  fitting.size(),
                  counts.size(),
                  counted(fitting, StatisticsStoreContractIT::day),
                  page));
    }
  }

  private static SortedMap<String, Long> counted(
      List<SentMessage> messages, Function<SentMessage, String> by) {
    return messages.stream()
        .collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()));
  }

  private static String day(SentMessage message) {
    return Instant.ofEpochMilli(message.sentMillis())
        .atZone(ZoneOffset.UTC)
        .toLocalDate()
        .toString();
  }

  @Test
  void nothingIsNothing() {
    assertThat(all(By.GROUP)).isEqualTo(new Answer(0, 0, new TreeMap<>(), List.of()));
    int lane = lane("sg_g1");
    append(lane, List.of(message("sg_g1", "a", FIRST_DAY)));
    for (long[] range :
        new long[][] {
          {FIRST_DAY + 1, FIRST_DAY + 1},
          {FIRST_DAY + 1, FIRST_DAY},
          {FIRST_DAY - 1, FIRST_DAY},
          {Long.MIN_VALUE, -1},
          {Long.MAX_VALUE, Long.MIN_VALUE},
          {FIRST_DAY + 1, Long.MAX_VALUE}
        }) {
      assertThat(
              statistics.count(new Question(By.SENDER, range[0], range[1], true, 0, 10)).messages())
          .as("%s", List.of(range[0], range[1]))
          .isZero();
    }
    assertThat(
            statistics
                .count(new Question(By.SENDER, Long.MIN_VALUE, Long.MAX_VALUE, true, 0, 10))
                .messages())
        .isEqualTo(1);
  }

  @Test
  void moreThanAreCountedAtOnceAreRefused() {
    MessageStatistics few = new MySqlMessageStatistics(mysql, LANES, 2);
    int lane = lane("sg_g1");
    Question question = new Question(By.SENDER, 0, Long.MAX_VALUE, true, 0, 10);
    append(lane, List.of(message("sg_g1", "a", FIRST_DAY), message("sg_g1", "b", FIRST_DAY)));
    assertThat(few.count(question).ids()).isEqualTo(2);
    append(lane, List.of(message("sg_g1", "c", FIRST_DAY)));
    assertThatThrownBy(() -> few.count(question))
        .isInstanceOf(ImException.class)
        .hasMessageContaining("1001");
    now = FIRST_DAY + DAY;
    for (int i = 0; i < 4; i++) {
      append(lane, List.of(message("sg_g1", "d", FIRST_DAY)));
    }
    tidyAll();
    assertThat(rows("sent_day")).as("counted").isPositive();
    assertThatThrownBy(() -> few.count(question)).isInstanceOf(ImException.class);
  }

  /** What history has is counted first; the log brings a part of it again, and more. */
  @Test
  void whatWasCountedFromHistoryIsPassedOverInTheLog() {
    int lane = lane("si_a_b");
    assertThat(store.counted(lane)).isNull();
    store.restart(lane, FollowerPosition.newBuilder().setOffset(100).build());
    assertThat(store.counted(lane)).isEqualTo(Counted.NOTHING);
    Counted three = new Counted("si_a_b", 3, false);
    store.fill(lane, Counted.NOTHING, three, history("si_a_b", 1, 3), 120);
    assertThat(store.counted(lane)).isEqualTo(three);
    Counted all = new Counted("si_a_b", Long.MAX_VALUE, true);
    store.fill(lane, three, all, history("si_a_b", 4, 5), 130);
    assertThatThrownBy(() -> store.fill(lane, three, all, history("si_a_b", 4, 5), 130))
        .as("a follower that was late")
        .isInstanceOf(ImException.class);
    assertThat(all(By.SENDER).messages()).isEqualTo(5);

    store = new MySqlStatisticsStore(mysql, FEW);
    store.begin(lane);
    tidyAll();
    assertThat(rows("sent_counted")).isEqualTo(1);
    offsets[lane] = 100;
    assertThat(append(lane, history("si_a_b", 4, 6))).isTrue();
    assertThat(all(By.SENDER).messages()).isEqualTo(6);
    assertThat(append(lane, history("sg_new", 1, 2))).isTrue();
    assertThat(append(lane, List.of())).isTrue();
    tidyAll();
    assertThat(rows("sent_counted")).as("the log has passed 130").isZero();
    assertThat(append(lane, history("si_a_b", 7, 7))).isTrue();
    assertThat(all(By.SENDER)).isEqualTo(new Answer(9, 1, days(9), List.of(new Count("a", 9))));
    assertThat(store.counted(lane)).isEqualTo(new Counted("si_a_b", Long.MAX_VALUE, true));
  }

  private static SortedMap<String, Long> days(long messages) {
    return new TreeMap<>(Map.of("2024-10-04", messages));
  }

  private static List<SentMessage> history(String conversation, long first, long last) {
    return LongStream.rangeClosed(first, last)
        .mapToObj(seq -> new SentMessage(conversation, seq, "a", FIRST_DAY + seq))
        .toList();
  }

  @Test
  void aLaneIsForgottenInSteps() {
    int lane = lane("si_a_b");
    int other = 1 - lane;
    store.restart(lane, START);
    for (int i = 0; i < 5; i++) {
      append(lane, List.of(message("si_a_b", "a" + i, FIRST_DAY)));
      append(other, List.of(message("si_x", "x" + i, FIRST_DAY)));
    }
    tidyAll();
    store.fill(lane, Counted.NOTHING, Counted.NOTHING, many(1_500), 5);
    List<Boolean> steps = new ArrayList<>();
    do {
      steps.add(store.forget(lane));
    } while (!steps.getLast());
    assertThat(steps).as("a thousand rows a step").hasSizeGreaterThan(1);
    assertThat(all(By.SENDER).messages()).as("the other lane's").isEqualTo(5);
    assertThat(store.counted(lane)).isNull();
    assertThat(rows("sent_counted")).isZero();
  }

  private static List<SentMessage> many(int conversations) {
    return IntStream.range(0, conversations)
        .mapToObj(i -> new SentMessage("si_" + i, 1, "a", FIRST_DAY))
        .toList();
  }

  private static void copyToOtherLanes(String table, String columns) {
    mysql
        .jdbi()
        .useHandle(handle -> {
          for (int more = 10; more < 100; more += 10) {
            handle.execute(
                "INSERT INTO %1$s (lane, %2$s) SELECT lane + %3$d, %2$s FROM %1$s WHERE lane < 10"
                    .formatted(table, columns, more));
          }
          handle.execute("ANALYZE TABLE " + table);
        });
  }

  /** Nothing here scans, however much there is. */
  @Test
  void noStatementReadsAWholeTable() {
    int lane = lane("si_a_b");
    for (int day = 0; day < 300; day++) {
      append(
          lane,
          List.of(
              message("si_a_b", "a", FIRST_DAY + day * DAY),
              message("sg_g1", "b", FIRST_DAY + day * DAY)));
      store.tidy(lane, now);
    }
    store.restart(lane, START.toBuilder().setOffset(offsets[lane]).build());
    store.fill(lane, Counted.NOTHING, Counted.NOTHING, many(2_000), 5);
    tidyAll();
    store.begin(lane);
    copyToOtherLanes("sent_block", "state, day, block, first_sent, last_sent, messages, data");
    copyToOtherLanes("sent_day", "day, part, data");
    copyToOtherLanes("sent_counted", "conversation_id, seq");
    try (QueryPlans plans = QueryPlans.watch(mysql.jdbi(), List.of())) {
      append(lane, List.of(message("si_a_b", "a", FIRST_DAY)));
      for (By by : By.values()) {
        statistics.count(new Question(by, FIRST_DAY + 1, FIRST_DAY + 10 * DAY + 1, false, 0, 10));
      }
      store.counted(lane);
      tidyAll();
      store.begin(lane);
      store.forget(lane);
      assertThat(plans.offences()).isEmpty();
      assertThat(plans.explained()).hasSizeGreaterThan(8);
    }
  }
}
