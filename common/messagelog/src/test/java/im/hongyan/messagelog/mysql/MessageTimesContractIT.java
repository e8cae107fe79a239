package im.hongyan.messagelog.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.MessageTimes;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that the newest message of a time is found, whatever seqs and times are missing. */
@ExtendWith(TestStoresExtension.class)
class MessageTimesContractIT {
  @AutoClose private static MySql mysql;
  private static MessageTimes times;

  private final String chat = "si_" + UUID.randomUUID();

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
    times = new MySqlMessageTimes(mysql);
  }

  private void write(List<Row> rows) {
    int lane = 40_000 + Math.floorMod(chat.hashCode(), 10_000);
    FollowerPosition next = FollowerPosition.newBuilder().setOffset(1).build();
    assertThat(
            new MySqlHistoryStore(mysql)
                .append(lane, -1, next, new Changes(rows, List.of(), List.of())))
        .isTrue();
  }

  private Row row(long seq, long millis) {
    return new Row(chat, seq, "s", "c" + seq, millis, new byte[] {1});
  }

  @Test
  void anEmptyConversationHasNone() {
    assertThat(times.newestUntil(chat, Long.MAX_VALUE)).isZero();
  }

  @Test
  void itIsAsAScanOfAllMessagesFinds(@Seeded long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    long seq = random.nextInt(3);
    long millis = 1_000;
    for (int i = 0; i < 200; i++) {
      seq += 1 + random.nextInt(3);
      millis += random.nextInt(4);
      rows.add(row(seq, millis));
    }
    write(rows);
    for (long at = 998; at <= millis + 2; at++) {
      long until = at;
      long expected =
          rows.stream()
              .filter(row -> row.sendTimeMillis() <= until)
              .mapToLong(Row::seq)
              .max()
              .orElse(0);
      assertThat(times.newestUntil(chat, at)).as("until %d", at).isEqualTo(expected);
    }
  }
}
