package im.hongyan.messagelog.mysql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that a row which the table refuses stops no lane, and that its message stays readable,
 * counts for the highest seq and is known as sent.
 */
@ExtendWith(TestStoresExtension.class)
class HistoryDeadLettersContractIT {
  private static final int LANE = 900;
  private static MySql mysql;
  private static HistoryStore store;

  private final String fine = "si_" + UUID.randomUUID();

  /** Longer than the column takes. */
  private final String refused = "si_" + UUID.randomUUID() + "x".repeat(300);

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

  private static Row row(String conversation, long seq) {
    byte[] body = (conversation + seq).getBytes(UTF_8);
    return new Row(conversation, seq, "alice", "c" + seq, 1_000 + seq, body);
  }

  @Test
  void whatTheTableRefusesIsADeadLetterAndReadLast() {
    FollowerPosition before = store.position(LANE);
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(before.getOffset() + 4).build();
    List<Row> rows = List.of(row(fine, 1), row(refused, 1), row(fine, 2), row(refused, 2));
    List<ReadMark> marks =
        List.of(new ReadMark("alice", fine, 2), new ReadMark("alice", refused, 2));
    assertThat(HistoryFixture.append(store, LANE, before.getOffset(), next, rows, marks)).isTrue();
    assertThat(store.position(LANE)).isEqualTo(next);

    assertThat(HistoryFixture.userSeqs(mysql, "alice", List.of(fine)).get(fine))
        .isEqualTo(new HistoryFixture.UserSeqs(0, 0, 2));
    assertThat(HistoryFixture.seqs(mysql, fine)).containsExactly(1L, 2L);
    assertThat(store.find(refused, List.of(1L, 2L, 3L)))
        .containsOnlyKeys(1L, 2L)
        .containsEntry(2L, (refused + 2).getBytes(UTF_8));
    assertThat(store.heights(LANE, List.of(fine, refused)).tops())
        .isEqualTo(
            Map.of(fine, new HistoryStore.Top(2, 1_002), refused, new HistoryStore.Top(2, 1_002)));
    assertThat(store.findSent(refused, "alice", "c2").map(Row::seq)).contains(2L);

    FollowerPosition again = FollowerPosition.newBuilder().setOffset(next.getOffset() + 1).build();
    assertThat(HistoryFixture.append(store, LANE, next.getOffset(), again, rows, List.of()))
        .isTrue();
    assertThat(store.find(refused, List.of(1L, 2L))).hasSize(2);
  }
}
