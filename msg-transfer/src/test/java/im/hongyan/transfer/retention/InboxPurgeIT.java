package im.hongyan.transfer.retention;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.mongo.MongoInboxStore;
import im.hongyan.messagelog.mysql.InboxDays;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Proves on real stores that old messages leave the inbox, and only those, and not history. */
class InboxPurgeIT {
  private static final Lifecycle LIFECYCLE = new Lifecycle();
  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
  private static MySql mysql;
  private static InboxStore inbox;

  @BeforeAll
  static void start() {
    DataFolder data = LIFECYCLE.add("data", DataFolder.ephemeral());
    Map<String, String> address =
        EmbeddedStores.start(EnumSet.of(Kind.MYSQL, Kind.MONGO), data, LIFECYCLE);
    Settings settings = Settings.load(Path.of("none"), Map.of(), address);
    mysql = LIFECYCLE.add("mysql", MySql.open(MySqlConfig.from(settings), METERS));
    Mongo mongo = LIFECYCLE.add("mongo", Mongo.open(settings.secret("mongo.uri", ""), "purge"));
    inbox = new MongoInboxStore(mongo);
  }

  @AfterAll
  static void stop() {
    LIFECYCLE.close();
  }

  private static void store(int lane, String conversation, long from, long to) {
    List<Long> seqs = LongStream.rangeClosed(from, to).boxed().toList();
    HistoryStore history = new MySqlHistoryStore(mysql);
    FollowerPosition before = history.position(lane);
    assertThat(
            history.append(
                lane,
                before.getOffset(),
                FollowerPosition.newBuilder().setOffset(to).build(),
                new Changes(
                    seqs.stream()
                        .map(seq ->
                            new Row(conversation, seq, "alice", "c" + seq, seq, new byte[] {1}))
                        .toList(),
                    List.of(),
                    List.of())))
        .isTrue();
    inbox.put(
        seqs.stream().map(seq -> new InboxStore.Entry(conversation, seq, new byte[] {1})).toList(),
        Instant.EPOCH);
  }

  @Test
  void invariant22OldMessagesLeaveTheInboxAndNothingElse() {
    List<Long> all = LongStream.rangeClosed(1, 1_205).boxed().toList();
    store(0, "si_a_b", 1, 1_200);
    store(1, "si_c_d", 1, 3);
    mysql.jdbi().useHandle(handle -> handle.execute("UPDATE inbox_day SET day = day - 15"));
    store(0, "si_a_b", 1_201, 1_205);
    store(2, "si_e_f", 1, 2);
    new InboxPurge(new InboxDays(mysql), inbox, Duration.ofDays(14), METERS).run();
    assertThat(inbox.find("si_a_b", all)).containsOnlyKeys(1_201L, 1_202L, 1_203L, 1_204L, 1_205L);
    assertThat(inbox.find("si_c_d", all)).isEmpty();
    assertThat(inbox.find("si_e_f", all)).hasSize(2);
    assertThat(new MySqlHistoryStore(mysql).find("si_a_b", all)).containsOnlyKeys(all);
    assertThat(METERS.counter("inbox_purged").count()).isEqualTo(1_203);
  }
}
