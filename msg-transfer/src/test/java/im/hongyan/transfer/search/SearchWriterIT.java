package im.hongyan.transfer.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.mysql.MySqlHistoryPages;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.messagelog.mysql.MySqlMessageSearch;
import im.hongyan.messagelog.mysql.MySqlSearchStore;
import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.MessageSearch.Cursor;
import im.hongyan.messagelog.search.MessageSearch.FactSearch;
import im.hongyan.messagelog.search.MessageSearch.WordSearch;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what the follower gives the index: stored messages of chats that count, each once, also
 * where the log no longer has them.
 */
@ExtendWith(TestStoresExtension.class)
class SearchWriterIT {
  private static final int LANE = 0;
  private static final String CHAT = "si_alice_bob";

  private static MySql mysql;
  private static MessageSearch search;

  @BeforeAll
  static void open(TestStores servers) {
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
    search = new MySqlMessageSearch(mysql, 1);
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
          for (String table : List.of("search_block", "search_segment", "search_lane", "message")) {
            handle.execute("DELETE FROM " + table);
          }
          handle.execute("DELETE FROM sequence_position WHERE lane = ?", LANE);
        });
  }

  private static SearchWriter writer(String format) {
    HistoryStore history = new MySqlHistoryStore(mysql);
    return new SearchWriter(
        new MySqlSearchStore(mysql),
        new SearchWriter.History(history, new MySqlHistoryPages(mysql), 1),
        format,
        InstantSource.system(),
        new SimpleMeterRegistry());
  }

  /** Asks until the lane starts, as the consumer does. */
  private static LaneStart start(SearchWriter writer, long begin) {
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

  private static MsgData text(String text) {
    return MsgData.newBuilder()
        .setSendID("alice")
        .setRecvID("bob")
        .setSendTime(5_000)
        .setContentType(101)
        .setContent(ByteString.copyFromUtf8("{\"content\":\"" + text + "\"}"))
        .build();
  }

  private static InboundRecord message(String conversation, long seq, String text) {
    return InboundRecord.newBuilder()
        .addCopies(
            Copy.newBuilder()
                .setConversationId(conversation)
                .setSeq(seq)
                .setStored(seq > 0)
                .setMessage(text(text).toByteString()))
        .build();
  }

  private static List<String> found(String word) {
    return search
        .words(
            new WordSearch(
                List.of(word),
                null,
                Map.of(),
                "",
                Set.of(),
                0,
                Long.MAX_VALUE,
                Cursor.START,
                5_000))
        .found()
        .stream()
        .map(one -> one.conversationId() + "#" + one.seq())
        .toList();
  }

  private static long listed() {
    return search.facts(new FactSearch("alice", "bob", 0, false, 0, 9_000, 0, 0)).total();
  }

  @Test
  void whatCountsIsIndexed() {
    SearchWriter writer = writer("1/1");
    assertThat(start(writer, 0)).isEqualTo(LaneStart.at(0));
    writer.handle(
        LANE,
        List.of(
            claim(0),
            record(1, 0, message(CHAT, 1, "red one")),
            record(2, 7, message(CHAT, 2, "red void")),
            record(3, 0, message("n_alice_bob", 1, "red notification")),
            record(4, 0, message(CHAT, 0, "red typing")),
            claim(5),
            record(6, 0, message(CHAT, 2, "red of the old term")),
            record(7, 5, message(CHAT, 2, "red two"))));
    assertThat(found("red")).containsExactly(CHAT + "#2", CHAT + "#1");
    assertThat(found("two")).containsExactly(CHAT + "#2");
    assertThat(listed()).isEqualTo(2);
    InboundRecord erasing =
        InboundRecord.newBuilder()
            .setMutation(
                Mutation.newBuilder()
                    .setConversationId(CHAT)
                    .setDeletion(Deletion.newBuilder().addSeqs(1)))
            .build();
    writer.handle(LANE, List.of(record(8, 5, erasing)));
    assertThat(listed()).isEqualTo(1);
    writer.stop(LANE);
    writer.handle(LANE, List.of(record(9, 5, message(CHAT, 3, "red late"))));
    assertThat(found("late")).isEmpty();
  }

  @Test
  void aSecondFollowerGoesOnWhereTheFirstWas() {
    SearchWriter first = writer("1/1");
    start(first, 0);
    first.handle(LANE, List.of(claim(0), record(1, 0, message(CHAT, 1, "red"))));
    SearchWriter second = writer("1/1");
    LaneStart start = start(second, 0);
    assertThat(List.of(start.from(), start.handled())).containsExactly(0L, 1L);
    List<LaneRecord> again =
        List.of(
            claim(0), record(1, 0, message(CHAT, 1, "red")), record(2, 0, message(CHAT, 2, "red")));
    second.handle(LANE, again);
    assertThat(found("red")).containsExactly(CHAT + "#2", CHAT + "#1");
    assertThatThrownBy(() -> first.handle(LANE, List.of(record(2, 0, message(CHAT, 2, "red")))))
        .isInstanceOf(ImException.class);
    assertThat(found("red")).hasSize(2);
  }

  /** More than one step holds, of several conversations, and a step ends within one. */
  @Test
  void whatTheLogHasLostComesFromHistory() {
    List<Row> rows =
        LongStream.rangeClosed(1, 2_500)
            .mapToObj(seq -> {
              String chat = seq <= 1_700 ? CHAT : "sg_flock" + seq % 3;
              byte[] body = text("red " + seq).toBuilder().setSeq(seq).build().toByteArray();
              return new Row(chat, seq, "alice", "c" + seq, 5_000, body);
            })
            .toList();
    FollowerPosition at =
        FollowerPosition.newBuilder().setOffset(100).addClaims(90).addClaimMillis(1).build();
    assertThat(
            new MySqlHistoryStore(mysql)
                .append(LANE, -1, at, new Changes(rows, List.of(), List.of())))
        .isTrue();
    SearchWriter writer = writer("1/1");
    assertThat(writer.start(LANE, 50)).isEqualTo(LaneStart.NOT_YET);
    assertThat(writer.start(LANE, 50)).isEqualTo(LaneStart.NOT_YET);
    // Another process goes on.
    writer = writer("1/1");
    LaneStart start = start(writer, 50);
    assertThat(List.of(start.from(), start.handled())).containsExactly(90L, 100L);
    assertThat(found("red")).hasSize(2_500).doesNotHaveDuplicates();
    writer.handle(
        LANE,
        List.of(
            claim(90),
            record(100, 90, message(CHAT, 1_700, "red old")),
            record(101, 90, message(CHAT, 1_701, "red new"))));
    assertThat(found("red")).hasSize(2_501);
    assertThat(found("old")).isEmpty();

    assertThat(writer("1/2").start(LANE, 50)).isEqualTo(LaneStart.NOT_YET);
    assertThat(found("red")).as("of another generation").isEmpty();
    start(writer("1/2"), 50);
    assertThat(found("red")).hasSize(2_500);
  }

  /** History's own writer deals with a log that has lost what history lacks. */
  @Test
  void itWaitsForHistory() {
    SearchWriter writer = writer("1/1");
    for (int i = 0; i < 5; i++) {
      assertThat(writer.start(LANE, 50)).isEqualTo(LaneStart.NOT_YET);
    }
    assertThat(new MySqlSearchStore(mysql).rebuild(LANE).format()).isEmpty();
  }
}
