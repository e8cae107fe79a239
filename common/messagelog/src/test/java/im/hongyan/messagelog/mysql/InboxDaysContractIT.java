package im.hongyan.messagelog.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.mysql.InboxDays.SeqRange;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves which messages the inbox may delete, and that none is reported that history lacks. */
@ExtendWith(TestStoresExtension.class)
class InboxDaysContractIT {
  private static final AtomicInteger LANES = new AtomicInteger(1_000);

  /** Whole days before which everything lies that these tests write. */
  private static final int NONE_KEPT = -1;

  private static MySql mysql;
  private static InboxDays days;

  private final String conversation = "si_" + UUID.randomUUID();
  private final List<SeqRange> released = new ArrayList<>();

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
    days = new InboxDays(mysql);
  }

  @AfterAll
  static void close() {
    if (mysql != null) {
      mysql.close();
    }
  }

  @BeforeEach
  void forgetOthers() {
    mysql.jdbi().useHandle(handle -> handle.execute("DELETE FROM inbox_day"));
  }

  /** Writes as a process does that was just started. */
  private void write(long from, long to) {
    List<Row> rows =
        LongStream.rangeClosed(from, to)
            .mapToObj(seq -> new Row(conversation, seq, "alice", "c" + seq, seq, new byte[] {1}))
            .toList();
    int lane = LANES.getAndIncrement();
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(0).build();
    assertThat(HistoryFixture.append(new MySqlHistoryStore(mysql), lane, -1, next, rows, List.of()))
        .isTrue();
  }

  private void ageByDays(int by) {
    mysql.jdbi().useHandle(handle -> handle.execute("UPDATE inbox_day SET day = day - ?", by));
  }

  @Test
  void aDayEndsWhereTheNextOneOfTheConversationBegins() {
    write(1, 5);
    ageByDays(3);
    write(6, 9);
    ageByDays(1);
    write(10, 12);
    assertThat(days.release(2, 10, released::add)).isEqualTo(1);
    assertThat(released).containsExactly(new SeqRange(conversation, 1, 6));
    assertThat(days.release(2, 10, released::add)).as("it is forgotten").isZero();
    assertThat(days.release(NONE_KEPT, 10, released::add)).isEqualTo(2);
    assertThat(released)
        .containsExactly(
            new SeqRange(conversation, 1, 6),
            new SeqRange(conversation, 6, 10),
            new SeqRange(conversation, 10, 13));
  }

  @Test
  void whatIsYoungerThanTheDaysStays() {
    write(1, 2);
    ageByDays(14);
    assertThat(days.release(14, 10, released::add)).isZero();
    ageByDays(1);
    assertThat(days.release(14, 10, released::add)).isEqualTo(1);
  }

  @Test
  void whatIsCutOffIsDoneAgain() {
    write(1, 2);
    assertThatThrownBy(() ->
            days.release(
                NONE_KEPT,
                10,
                range -> {
                  throw new IllegalStateException("the inbox is away");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(days.release(NONE_KEPT, 10, released::add)).isEqualTo(1);
    assertThat(released).containsExactly(new SeqRange(conversation, 1, 3));
  }

  @Test
  void twoProcessesTakeDifferentOnes() {
    write(1, 2);
    int[] inner = new int[1];
    int outer =
        days.release(
            NONE_KEPT,
            10,
            range ->
                // Within one thread it would be the same transaction.
                inner[0] =
                    CompletableFuture.supplyAsync(() -> days.release(NONE_KEPT, 10, released::add))
                        .join());
    assertThat(outer).isEqualTo(1);
    assertThat(inner[0]).isZero();
  }

  @Test
  void aWriterThatRepeatsItsLastMinutesKeepsThemLongerNotShorter() {
    write(1, 5);
    ageByDays(3);
    write(4, 8);
    assertThat(days.release(2, 10, released::add)).isEqualTo(1);
    assertThat(released).containsExactly(new SeqRange(conversation, 1, 4));
  }
}
