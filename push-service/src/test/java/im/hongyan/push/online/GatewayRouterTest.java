package im.hongyan.push.online;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushedCopy;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that a push goes where its recipients are, everywhere where nobody knows, and a second
 * time only to who has moved meanwhile; over real streams to gateways within the JVM.
 */
class GatewayRouterTest {
  private static final int LANE = 3;

  private final Gateways gateways = new Gateways();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private GatewayRouter router;
  private final AtomicInteger done = new AtomicInteger();
  private long offset;

  @BeforeEach
  void open() {
    router = new GatewayRouter(gateways, gateways, meters);
  }

  @AfterEach
  void close() {
    router.close();
    gateways.close();
  }

  private Push push(String... recipients) {
    return Push.newBuilder()
        .setLane(LANE)
        .setOffset(offset++)
        .setOperationId("op")
        .addAllRecipients(List.of(recipients))
        .addCopies(
            PushedCopy.newBuilder()
                .setConversationId("si_alice_bob")
                .setMessage(ByteString.copyFromUtf8("hello")))
        .build();
  }

  private Push send(String... recipients) {
    Push push = push(recipients);
    route(push);
    return push;
  }

  private void route(Push... pushes) {
    router.send(
        List.of(pushes).stream()
            .map(push ->
                new GatewayRouter.Outgoing(
                    push.toBuilder().clearRecipients().build(),
                    new Targets(push.getRecipientsList(), List.of()),
                    new DeliveryTracker(done::incrementAndGet)))
            .toList());
  }

  private static Push only(Push push, String... recipients) {
    return push.toBuilder().clearRecipients().addAllRecipients(List.of(recipients)).build();
  }

  private static Push again(Push push, String... recipients) {
    return only(push, recipients).toBuilder().setAgain(true).build();
  }

  private static void took(FakeGateway gateway, Push... pushes) {
    eventually(() -> assertThat(gateway.taken()).containsExactly(pushes));
  }

  /** As {@link #took}, for gateways whose stream is to be opened anew first. */
  private void tookAtLast(FakeGateway gateway, Push... pushes) {
    eventually(() -> {
      router.refresh();
      assertThat(gateway.taken()).endsWith(pushes);
    });
  }

  private int count(String counter) {
    return (int) meters.counter(counter).count();
  }

  @Test
  void aSingleGatewayIsSentEverythingWithoutALookUp() {
    FakeGateway only = gateways.add("a", "alice");
    took(only, send("alice", "bob"), send("bob"));
    assertThat(gateways.reads()).isZero();
    assertThat(count("push_sent")).isEqualTo(2);
    assertThat(count("push_unasked")).isZero();
  }

  @Test
  void aGatewayIsSentThePushesOfItsUsersForThemAlone() {
    FakeGateway a = gateways.add("a", "alice", "carol");
    FakeGateway b = gateways.add("b", "bob", "carol");
    Push both = push("alice", "bob", "nobody");
    Push none = push("nobody");
    Push one = push("bob");
    Push last = push("carol");
    route(both, none, one, last);
    took(a, only(both, "alice"), last);
    took(b, only(both, "bob"), one, last);
    assertThat(gateways.reads()).as("for all of them").isEqualTo(1);
    assertThat(count("push_sent")).isEqualTo(5);
    assertThat(count("push_unasked")).isZero();
  }

  @Test
  void aGatewayThatHasNotRegisteredIsSentEverythingUnasked() {
    FakeGateway a = gateways.add("a", "alice");
    FakeGateway b = gateways.add("b", "bob");
    gateways.forget("b");
    Push push = send("alice", "bob");
    Push last = send("alice");
    took(a, only(push, "alice"), last);
    took(b, push, last);
    assertThat(count("push_unasked")).isEqualTo(2);
  }

  @Test
  void everyGatewayIsSentEverythingWhileRedisIsAway() {
    FakeGateway a = gateways.add("a", "alice");
    FakeGateway b = gateways.add("b", "bob");
    gateways.away();
    Push push = send("alice", "bob", "nobody");
    took(a, push);
    took(b, push);
    assertThat(count("push_unasked")).isEqualTo(2);
  }

  @Test
  void whoMovedToAnotherGatewayIsLookedUpAgain() {
    FakeGateway a = gateways.add("a", "alice");
    FakeGateway b = gateways.add("b", "carol");
    gateways.publish("a", "alice", "bob");
    Push first = push("alice", "bob");
    // Between the two looks bob is published at b.
    a.fallSilent();
    route(first);
    took(a, first);
    b.connect("bob");
    gateways.publish("b", "bob", "carol");
    a.breakStream();
    Push next = send("alice");
    tookAtLast(a, first, next);
    took(b, again(first, "bob"));
    assertThat(count("push_again")).isEqualTo(1);
  }

  @Test
  void whoIsNowhereIsNotSearchedForLonger() {
    FakeGateway a = gateways.add("a");
    FakeGateway b = gateways.add("b");
    FakeGateway c = gateways.add("c", "carol");
    gateways.publish("a", "bob");
    gateways.forget("b");
    // b has the push already, c is published for bob but does not have him.
    gateways.publish("c", "carol");
    a.fallSilent();
    Push push = send("bob", "carol");
    took(a, only(push, "bob"));
    took(b, push);
    gateways.publish("c", "bob", "carol");
    a.breakStream();
    tookAtLast(a, only(push, "bob"), only(push, "bob"));
    took(c, only(push, "carol"), again(push, "bob"));
    Push last = send("carol");
    took(c, only(push, "carol"), again(push, "bob"), last);
    took(b, push, last);
    assertThat(count("push_again")).isEqualTo(1);
  }

  @Test
  void aSingleGatewayThatDoesNotHaveTheUserEndsTheSearch() {
    FakeGateway a = gateways.add("a");
    took(a, send("bob"), send("bob"));
    assertThat(gateways.reads()).as("nobody else could have the user").isZero();
    assertThat(count("push_again")).isZero();
  }

  @Test
  void aBrokenStreamIsFollowedByOneThatBeginsWithWhatWasNotReported() {
    FakeGateway a = gateways.add("a", "alice");
    FakeGateway b = gateways.add("b", "bob");
    took(a, send("alice"));
    a.fallSilent();
    Push first = send("alice");
    Push second = send("alice");
    eventually(() -> assertThat(a.taken()).hasSize(3));
    a.breakStream();
    Push third = send("alice");
    tookAtLast(a, first, second, third);
    assertThat(a.taken()).hasSize(6);
    assertThat(b.taken()).isEmpty();
  }

  @Test
  void aSecondLookIsNotRepeatedOnTheNextStream() {
    FakeGateway a = gateways.add("a");
    FakeGateway b = gateways.add("b", "bob", "carol");
    gateways.publish("a", "bob");
    gateways.publish("b", "carol");
    a.fallSilent();
    Push moved = send("bob");
    took(a, moved);
    gateways.publish("b", "bob", "carol");
    gateways.publish("a");
    b.fallSilent();
    a.breakStream();
    tookAtLast(a, moved, moved);
    took(b, again(moved, "bob"));
    Push ordinary = send("carol");
    eventually(() -> assertThat(b.taken()).endsWith(ordinary));
    b.breakStream();
    Push last = send("carol");
    tookAtLast(b, ordinary, last);
    assertThat(b.taken()).containsExactly(again(moved, "bob"), ordinary, ordinary, last);
  }

  @Test
  void aLaneKeepsItsOrderAtEveryGateway() {
    FakeGateway a = gateways.add("a", "alice", "bob");
    FakeGateway b = gateways.add("b", "bob");
    List<Push> all = new ArrayList<>();
    for (int round = 0; round < 100; round++) {
      List<Push> pushes =
          LongStream.range(0, 20).mapToObj(i -> push(i % 3 == 0 ? "alice" : "bob")).toList();
      all.addAll(pushes);
      route(pushes.toArray(Push[]::new));
    }
    eventually(() -> assertThat(a.taken()).isEqualTo(all));
    List<Push> bobs = all.stream().filter(push -> push.getRecipients(0).equals("bob")).toList();
    eventually(() -> assertThat(b.taken()).isEqualTo(bobs));
  }

  @Test
  void gatewaysComeAndGo() {
    Push missed = send("alice");
    FakeGateway a = gateways.add("a", "alice");
    Push first = send("alice");
    took(a, first);
    FakeGateway b = gateways.add("b", "alice");
    gateways.remove("a");
    router.refresh();
    Push second = send("alice");
    took(b, second);
    assertThat(a.taken()).containsExactly(first).doesNotContain(missed);
    a.close();
  }
}
