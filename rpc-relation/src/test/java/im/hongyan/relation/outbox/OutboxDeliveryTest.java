package im.hongyan.relation.outbox;

import static im.hongyan.relation.outbox.Notes.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.TestClock;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Proves how one conversation is delivered: in order, each until it is acknowledged, under the same
 * client id, and that neither a refusal nor a death holds it up for good.
 */
class OutboxDeliveryTest {
  private static final String A = "n_a";
  private static final Duration GIVE_UP = Duration.ofHours(24);

  private final TestClock clock = TestClock.fixed();
  private final FakeOutboxStore store = new FakeOutboxStore();
  private final List<MsgData> sent = new ArrayList<>();
  private final Deque<ImException> failures = new ArrayDeque<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final OutboxDelivery delivery =
      new OutboxDelivery(store, this::send, clock, GIVE_UP, meters);

  private void send(String operationId, MsgData message) {
    sent.add(message);
    if (!failures.isEmpty()) {
      throw failures.poll();
    }
  }

  private void write(String... texts) {
    for (String text : texts) {
      store.append(List.of(note(A, text, clock.millis())));
    }
  }

  private void deliverNext() {
    deliver(delivery, take().getFirst());
  }

  private void deliver(OutboxDelivery by, Claim claim) {
    List<Waiting> waiting = store.waiting(claim.conversationId(), OutboxDelivery.MOST_AT_ONCE);
    store.finish(List.of(by.deliver(claim, waiting)));
  }

  private List<Claim> take() {
    return store.take(10, clock.millis(), OutboxDelivery.LEASE.toMillis());
  }

  private List<String> texts() {
    return sent.stream().map(Notes::text).toList();
  }

  private double count(String name) {
    return meters.counter(name).count();
  }

  @Test
  void allThatWaitsIsSentInOrderAndForgotten() {
    write("1", "2", "3");
    deliverNext();
    assertThat(texts()).containsExactly("1", "2", "3");
    clock.advance(OutboxDelivery.LEASE);
    assertThat(take()).isEmpty();
    assertThat(count("outbox_sent")).isEqualTo(3);
  }

  @Test
  void aFailureStopsTheConversationAndIsTriedAgainUnderTheSameIdEverMoreSeldom() {
    write("1", "2");
    long pause = 0;
    for (int i = 0; i < 12; i++) {
      failures.add(ImException.internal("down", null));
      deliverNext();
      assertThat(texts()).hasSize(i + 1).containsOnly("1");
      assertThat(take()).as("not at once").isEmpty();
      pause = OutboxDelivery.pauseMillis(i);
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(pause).isBetween(45_000L, 60_000L);
    assertThat(OutboxDelivery.pauseMillis(0)).isBetween(180L, 250L);
    deliverNext();
    assertThat(texts().subList(12, 14)).containsExactly("1", "2");
    assertThat(sent.subList(0, 13))
        .extracting(MsgData::getClientMsgID)
        .containsOnly(sent.getFirst().getClientMsgID());
    assertThat(count("outbox_failed")).isEqualTo(12);
  }

  @Test
  void whatCannotBeTakenNowIsNeverGivenUp() {
    write("1");
    clock.advance(GIVE_UP.multipliedBy(30));
    for (ImError error : List.of(ImError.INTERNAL, ImError.TOO_MANY_REQUESTS)) {
      failures.add(error.bare());
      deliverNext();
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(store.deadLetters()).isEmpty();
    assertThat(take()).hasSize(1);
  }

  @Test
  void aRefusalIsTriedAgainForADayAndThenPutAsideForTheOthers() {
    write("bad");
    failures.add(ImError.RECORD_NOT_FOUND.bare());
    deliverNext();
    assertThat(store.deadLetters()).isEmpty();
    clock.advance(GIVE_UP);
    write("good");
    failures.add(ImError.RECORD_NOT_FOUND.bare());
    deliverNext();
    assertThat(store.deadLetters()).containsExactly("bad");
    assertThat(texts()).containsExactly("bad", "bad", "good");
    assertThat(count("outbox_dead_letters")).isEqualTo(1);
    assertThat(take()).isEmpty();
  }

  @Test
  void aDeathBetweenSendingAndForgettingRepeatsWithTheSameId() {
    write("1");
    // The first process sends, and dies before it can forget.
    Claim lost = take().getFirst();
    send("op", store.waiting(lost.conversationId(), 1).getFirst().message());
    assertThat(take()).isEmpty();
    clock.advance(OutboxDelivery.LEASE);
    deliverNext();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1)).isEqualTo(sent.get(0));
  }

  @Test
  void nothingIsBegunThatTheLeaseMayNotCover() {
    OutboxDelivery slow =
        new OutboxDelivery(
            store,
            (operation, message) -> {
              sent.add(message);
              clock.advance(Duration.ofSeconds(8));
            },
            clock,
            GIVE_UP,
            meters);
    write("1", "2", "3", "4", "5");
    deliver(slow, take().getFirst());
    assertThat(texts()).containsExactly("1", "2", "3");
    deliver(slow, take().getFirst());
    assertThat(texts()).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void aLongConversationLetsOthersInBetween() {
    write(IntStream.range(0, 30).mapToObj(Integer::toString).toArray(String[]::new));
    deliverNext();
    assertThat(sent).hasSize(OutboxDelivery.MOST_AT_ONCE);
    deliverNext();
    assertThat(sent).hasSize(30);
  }

  @Test
  void aFaultOfOurOwnLeavesTheClaimToItsLease() {
    write("1");
    OutboxDelivery broken =
        new OutboxDelivery(
            store,
            (operation, message) -> {
              throw new IllegalStateException("bug");
            },
            clock,
            GIVE_UP,
            meters);
    Claim claim = take().getFirst();
    assertThatThrownBy(() -> deliver(broken, claim)).isInstanceOf(IllegalStateException.class);
    clock.advance(OutboxDelivery.LEASE);
    deliverNext();
    assertThat(texts()).containsExactly("1");
  }
}
