package im.hongyan.messagelog.mongo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.ConnectionString;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.kit.config.Secret;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.InboxStore.Entry;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.net.Link;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that the inbox keeps each message once under its own id, finds any number of them, and
 * fails as 500 while its server is away, on every server of MongoDB's protocol.
 */
@ExtendWith(TestStoresExtension.class)
class InboxStoreContractIT {
  private static final String DATABASE = "inbox_contract";
  private static final Instant NOW = Instant.ofEpochMilli(1_700_000_000_000L);
  private static Secret uri;
  private static Mongo mongo;
  private static InboxStore store;

  private final String conversation = "si_" + UUID.randomUUID();

  @BeforeAll
  static void open(TestStores servers) {
    uri = servers.mongoUri();
    mongo = Mongo.open(uri, DATABASE);
    store = new MongoInboxStore(mongo);
  }

  @AfterAll
  static void close() {
    if (mongo != null) {
      mongo.close();
    }
  }

  private static Entry entry(String conversation, long seq) {
    return new Entry(conversation, seq, body(conversation, seq));
  }

  private static byte[] body(String conversation, long seq) {
    return (conversation + " " + seq + " \0 鸿雁").getBytes(UTF_8);
  }

  private static long documents(String conversation, long seq) {
    String id = conversation + ":" + String.format("%016x", seq);
    return mongo
        .database()
        .getCollection("inbox")
        .find(new Document("_id", id))
        .into(new java.util.ArrayList<>())
        .size();
  }

  @Test
  void whatWasPutIsFoundByItsSeq() {
    store.put(List.of(entry(conversation, 1), entry(conversation, 300)), NOW);
    assertThat(store.find(conversation, List.of(1L, 2L, 300L))).containsOnlyKeys(1L, 300L);
    assertThat(store.find(conversation, List.of(300L)).get(300L))
        .isEqualTo(body(conversation, 300));
    assertThat(store.find(conversation, List.of())).isEmpty();
  }

  @Test
  void puttingAMessageAgainKeepsOne() {
    store.put(List.of(entry(conversation, 1)), NOW);
    store.put(List.of(entry(conversation, 1), entry(conversation, 2)), NOW.plusSeconds(60));
    assertThat(documents(conversation, 1)).isEqualTo(1);
    assertThat(store.find(conversation, List.of(1L, 2L))).hasSize(2);
    assertThat(store.find(conversation, List.of(1L)).get(1L)).isEqualTo(body(conversation, 1));
  }

  @Test
  void nothingToPutIsNoFailure() {
    store.put(List.of(), NOW);
    assertThat(store.find(conversation, List.of(1L))).isEmpty();
  }

  @Test
  void moreIdsThanARequestNamesAreFoundAll() {
    List<Long> seqs = LongStream.rangeClosed(1, 1_201).boxed().toList();
    store.put(seqs.stream().map(seq -> entry(conversation, seq)).toList(), NOW);
    var found = store.find(conversation, seqs);
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(seqs);
    assertThat(found.get(1_201L)).isEqualTo(body(conversation, 1_201));
  }

  @Test
  void whatIsTakenOutIsGoneAndTheRestStays() {
    List<Long> seqs = LongStream.rangeClosed(1, 1_201).boxed().toList();
    store.put(seqs.stream().map(seq -> entry(conversation, seq)).toList(), NOW);
    store.put(List.of(entry(conversation + "x", 1)), NOW);
    store.remove(conversation, seqs.subList(0, 1_200));
    store.remove(conversation, List.of(1L, 5_000L));
    store.remove(conversation, List.of());
    assertThat(store.find(conversation, seqs)).containsOnlyKeys(1_201L);
    assertThat(store.find(conversation + "x", List.of(1L))).hasSize(1);
  }

  @Test
  void idsAreComparedByteByByte() {
    List<String> ids = List.of("A", "a", "ä", "a\u0308", "a ", ":1", "😀");
    store.put(ids.stream().map(id -> entry(conversation + id, 1)).toList(), NOW);
    for (String id : ids) {
      assertThat(store.find(conversation + id, List.of(1L)).get(1L))
          .isEqualTo(body(conversation + id, 1));
    }
    assertThat(store.find(conversation, List.of(1L))).isEmpty();
  }

  @Test
  void theLargestSeqAndALargeBodyComeBackWhole() {
    byte[] large = new byte[1_000_000];
    large[999_999] = 7;
    store.put(List.of(new Entry(conversation, Long.MAX_VALUE, large)), NOW);
    assertThat(store.find(conversation, List.of(Long.MAX_VALUE)).get(Long.MAX_VALUE))
        .isEqualTo(large);
  }

  /** The purge reads it, so that it is a date and not a number. */
  @Test
  void whenAMessageWasStoredIsKeptAsADate() {
    store.put(List.of(entry(conversation, 1)), NOW);
    Document kept =
        mongo
            .database()
            .getCollection("inbox")
            .find(new Document("_id", conversation + ":0000000000000001"))
            .first();
    assertThat(kept).isNotNull();
    assertThat(kept.getDate("stored_at").toInstant()).isEqualTo(NOW);
  }

  @Test
  void positionsAreKeptByLane() {
    int lane = conversation.hashCode();
    assertThat(store.position(lane).getOffset()).isEqualTo(-1);
    for (long offset : new long[] {5, 6, 4}) {
      var position =
          FollowerPosition.newBuilder().setOffset(offset).addClaims(3).addClaimMillis(9).build();
      store.setPosition(lane, position);
      assertThat(store.position(lane)).isEqualTo(position);
    }
    assertThat(store.position(lane + 1).getOffset()).isEqualTo(-1);
  }

  @Test
  void aServerThatWentAwayIsFailure500AndThenWorksAgain() {
    String host = new ConnectionString(uri.reveal()).getHosts().getFirst();
    int colon = host.lastIndexOf(':');
    try (Link link =
            new Link(
                host.substring(0, colon), Integer.parseInt(host, colon + 1, host.length(), 10));
        Mongo through = Mongo.open(impatient(link.port()), DATABASE)) {
      InboxStore away = new MongoInboxStore(through);
      away.put(List.of(entry(conversation, 1)), NOW);
      link.cut();
      fails(() -> away.find(conversation, List.of(1L)));
      fails(() -> away.put(List.of(entry(conversation, 2)), NOW));
      fails(() -> away.position(1));
      fails(() -> away.setPosition(1, FollowerPosition.getDefaultInstance()));
      link.mend();
      Eventually.eventually(
          () -> assertThat(away.find(conversation, List.of(1L))).containsOnlyKeys(1L));
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsNamedInOneLine() {
    int port;
    try (Link link = new Link("127.0.0.1", 1)) {
      port = link.port();
    }
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> Mongo.open(impatient(port), DATABASE).close())
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("MongoDB at 127.0.0.1:" + port + " does not answer")
        .withMessageContaining("mongo.uri");
  }

  private static Secret impatient(int port) {
    String own = uri.reveal();
    String host = new ConnectionString(own).getHosts().getFirst();
    String there = own.replace(host, "127.0.0.1:" + port);
    String more = there.indexOf('?') >= 0 ? "&" : there.endsWith("/") ? "?" : "/?";
    return new Secret(there + more + "serverSelectionTimeoutMS=200");
  }

  private static void fails(Runnable operation) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(operation::run)
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("the inbox does not answer");
  }
}
