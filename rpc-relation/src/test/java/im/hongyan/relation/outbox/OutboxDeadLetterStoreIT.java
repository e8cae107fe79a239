package im.hongyan.relation.outbox;

import static im.hongyan.relation.outbox.Notes.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.testkit.TestClock;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves on MariaDB that refused notifications are listed, and come back in the order of their
 * conversation, each once, and that one which is refused again holds up nobody.
 */
@ExtendWith(TestStoresExtension.class)
class OutboxDeadLetterStoreIT {
  private static final Duration GIVE_UP = Duration.ofHours(24);

  @AutoClose private static RelationDatabase database;

  private final TestClock clock = TestClock.fixed();
  private final String a = Notes.conversation();
  private final String b = Notes.conversation();
  private final Set<String> refused = new HashSet<>();
  private final List<MsgData> sent = new ArrayList<>();
  private final MySqlOutboxStore store = new MySqlOutboxStore(mysql());
  private final OutboxDeadLetterStore letters = new OutboxDeadLetterStore(mysql());
  private final OutboxDelivery delivery =
      new OutboxDelivery(store, this::send, clock, GIVE_UP, new SimpleMeterRegistry());

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private void send(String operationId, MsgData message) {
    if (refused.contains(Notes.text(message))) {
      throw ImError.RECORD_NOT_FOUND.with("group not found");
    }
    sent.add(message);
  }

  private void write(String conversation, String... texts) {
    for (String text : texts) {
      Transactions.run(
          mysql().jdbi(),
          handle -> {
            OutboxRows.append(handle, List.of(note(conversation, text, clock.millis())));
            return true;
          });
    }
  }

  private void deliverAll() {
    for (int round = 0; round < 10; round++) {
      take().forEach(this::deliver);
    }
  }

  private void deliver(Claim claim) {
    List<Waiting> waiting = store.waiting(claim.conversationId(), OutboxDelivery.MOST_AT_ONCE);
    store.finish(List.of(delivery.deliver(claim, waiting)));
  }

  private List<Claim> take() {
    return store.take(10, clock.millis(), OutboxDelivery.LEASE.toMillis());
  }

  /** Writes notifications that are all refused until they are dead letters. */
  private void park(String conversation, String... texts) {
    write(conversation, texts);
    Collections.addAll(refused, texts);
    clock.advance(GIVE_UP);
    deliverAll();
    refused.clear();
  }

  private List<OutboxDeadLetter> list() {
    return letters.list(0, 1_000);
  }

  private static List<String> texts(List<OutboxDeadLetter> some) {
    return some.stream().map(letter -> Notes.text(letter.message())).toList();
  }

  private List<String> sentTexts() {
    return sent.stream().map(Notes::text).toList();
  }

  private static List<Long> numbers(List<OutboxDeadLetter> some) {
    return some.stream().map(OutboxDeadLetter::number).toList();
  }

  @Test
  void refusedOnesAreListedInTheOrderOfTheirRefusal() {
    park(a, "a1", "a2");
    park(b, "b1");
    assertThat(texts(list())).containsExactly("a1", "a2", "b1");
    OutboxDeadLetter first = list().getFirst();
    assertThat(first.conversationId()).isEqualTo(a);
    assertThat(first.reason()).contains("group not found");
    assertThat(texts(letters.list(first.number(), 1))).containsExactly("a2");
  }

  @Test
  void replayedOnesFollowWhatWaitsInTheirOrderUnderTheirIds() {
    park(a, "1", "2", "3");
    park(b, "x");
    List<OutboxDeadLetter> parked = list();
    write(a, "4");
    List<Long> backwards = new ArrayList<>(numbers(parked));
    Collections.reverse(backwards);
    assertThat(texts(letters.replay(backwards))).containsExactly("1", "2", "3", "x");
    write(a, "5");
    assertThat(list()).isEmpty();
    deliverAll();
    assertThat(sent)
        .filteredOn(message -> !Notes.text(message).equals("x"))
        .extracting(Notes::text)
        .containsExactly("4", "1", "2", "3", "5");
    assertThat(sent).containsAll(parked.stream().map(OutboxDeadLetter::message).toList());
  }

  @Test
  void oneThatIsRefusedAgainIsADeadLetterAtOnceAndTheOthersGoOn() {
    park(a, "bad", "mended");
    List<OutboxDeadLetter> parked = list();
    refused.add("bad");
    letters.replay(numbers(parked));
    write(a, "new");
    deliverAll();
    assertThat(sentTexts()).containsExactly("mended", "new");
    assertThat(texts(list())).containsExactly("bad");
    assertThat(list().getFirst().number()).isGreaterThan(parked.getLast().number());
  }

  @Test
  void aSecondReplayFindsNothing() {
    park(a, "1");
    List<Long> numbers = numbers(list());
    assertThat(letters.replay(numbers)).hasSize(1);
    assertThat(letters.replay(numbers)).isEmpty();
    deliverAll();
    assertThat(sentTexts()).containsExactly("1");
  }

  @Test
  void aReplayIsBounded() {
    List<Long> many =
        LongStream.rangeClosed(0, OutboxDeadLetterStore.MOST_AT_ONCE).boxed().toList();
    assertThatThrownBy(() -> letters.replay(many)).isInstanceOf(IllegalArgumentException.class);
  }
}
