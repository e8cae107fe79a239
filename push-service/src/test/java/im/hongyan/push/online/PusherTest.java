package im.hongyan.push.online;

import static im.hongyan.push.online.PushWorld.group;
import static im.hongyan.push.online.PushWorld.single;
import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.AwaitedAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Proves who gets a push, that nothing slow holds up others, and that a checkpoint waits for the
 * hand-off; from the log to gateways within the JVM.
 */
class PusherTest {
  private final PushWorld world = new PushWorld();

  @AfterEach
  void close() {
    world.close();
  }

  private static List<String> users(int number) {
    return IntStream.range(0, number).mapToObj("u%05d"::formatted).toList();
  }

  private void taken(FakeGateway gateway, int pushes) {
    eventually(() -> {
      world.turn();
      assertThat(gateway.taken()).hasSize(pushes);
    });
  }

  private static List<String> texts(FakeGateway gateway) {
    return gateway.taken().stream().map(PusherTest::text).toList();
  }

  private static String text(Push push) {
    try {
      return MsgData.parseFrom(push.getCopies(0).getMessage()).getContent().toStringUtf8();
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void theMembersThereAreGetThePushAndWhoIsNamedBesideThem() {
    FakeGateway a = world.gateways.add("a");
    world.groups.enter("g", List.of("ann", "bob"));
    world.append(0, group("g", "one", "bob", "kicked"));
    taken(a, 1);
    assertThat(a.taken().getFirst().getRecipientsList())
        .containsExactlyInAnyOrder("kicked", "ann", "bob");
    assertThat(a.taken().getFirst().getSlices()).isZero();
    world.groups.leave("g", "bob");
    world.groups.enter("g", List.of("cat"));
    world.append(0, group("g", "two"), group("none", "three", "left"));
    taken(a, 3);
    assertThat(a.taken())
        .extracting(Push::getRecipientsList)
        .anySatisfy(list -> assertThat(list).containsExactlyInAnyOrder("ann", "cat"))
        .anySatisfy(list -> assertThat(list).containsExactly("left"));
  }

  @Test
  void theAnswerThatAPushAwaitsGoesWithEveryPartOfIt() {
    FakeGateway a = world.gateways.add("a");
    world.groups.enter("g", users(1_000));
    AwaitedAnswer awaited = AwaitedAnswer.newBuilder().setCallId("c1").setUserId("ann").build();
    world.append(
        0,
        single("one", "ann").toBuilder().setAwaitedAnswer(awaited).build(),
        group("g", "two").toBuilder().setAwaitedAnswer(awaited).build());
    taken(a, 3);
    assertThat(a.taken()).extracting(Push::getAwaitedAnswer).containsOnly(awaited);
    world.append(0, single("three", "ann"));
    taken(a, 4);
    assertThat(a.taken().getLast().hasAwaitedAnswer()).isFalse();
  }

  @Test
  void aLargeGroupsMembersAreSentOnceToEachGatewayAndNobodyIsAskedForThem() {
    FakeGateway a = world.gateways.add("a", "u00001");
    FakeGateway b = world.gateways.add("b");
    world.groups.enter("g", users(1_000));
    for (int i = 0; i < 3; i++) {
      world.append(0, group("g", "m" + i, "kicked"));
    }
    // Two chunks and those named beside, three times; nobody holds him who is named.
    for (FakeGateway gateway : List.of(a, b)) {
      taken(gateway, 6);
      List<String> everybody = new ArrayList<>();
      gateway.taken().forEach(push -> everybody.addAll(push.getRecipientsList()));
      assertThat(everybody).hasSize(3_000);
      assertThat(new HashSet<>(everybody)).isEqualTo(Set.copyOf(users(1_000)));
      assertThat(gateway.raw().stream().filter(push -> push.getRecipientsCount() > 0)).hasSize(2);
      assertThat(gateway.taken()).allMatch(push -> push.getSlices() == 3);
      assertThat(gateway.taken()).extracting(Push::getSlice).contains(1, 2);
    }
    world.groups.enter("g", List.of("new"));
    world.append(0, group("g", "last"));
    taken(a, 8);
    assertThat(a.raw().stream().filter(push -> push.getRecipientsCount() > 0)).hasSize(3);
    assertThat(a.taken().subList(6, 8)).anyMatch(p -> p.getRecipientsList().contains("new"));
  }

  @Test
  void invariant26AGroupThatCannotBeLookedUpDelaysNoOther() {
    FakeGateway a = world.gateways.add("a");
    world.groups.enter("g", List.of("ann"));
    CountDownLatch go = new CountDownLatch(1);
    world.groups.beforeEachAnswer(() -> {
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
    world.append(0, group("g", "first"));
    world.turn();
    world.append(0, single("passes", "bob"), group("g", "second"), single("too", "bob"));
    taken(a, 2);
    assertThat(texts(a)).containsExactly("passes", "too");
    assertThat(world.committed(0)).as("the first is not handed over").isEqualTo(1);
    go.countDown();
    taken(a, 4);
    assertThat(texts(a)).as("invariant08").containsExactly("passes", "too", "first", "second");
    eventually(() -> {
      world.turn();
      assertThat(world.committed(0)).isEqualTo(5);
    });
  }

  @Test
  void aGroupThatIsTriedLongEnoughGetsNoPushButWhoIsNamedDoes() {
    FakeGateway a = world.gateways.add("a");
    world.with(new Pusher.Timeouts(Duration.ofSeconds(60), Duration.ofMillis(1)));
    world.groups.enter("g", List.of("ann"));
    world.groups.away(true);
    world.append(0, group("g", "one", "kicked"));
    taken(a, 1);
    assertThat(a.taken().getFirst().getRecipientsList()).containsExactly("kicked");
    assertThat(world.meters.counter("push_group_unresolved").count()).isEqualTo(1);
    eventually(() -> {
      world.turn();
      assertThat(world.committed(0)).isEqualTo(2);
    });
    world.with(new Pusher.Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(60)));
    world.groups.calls();
    world.append(0, group("g", "two", "kicked"));
    world.turn();
    eventually(() -> assertThat(world.groups.calls()).isNotEmpty());
    world.groups.away(false);
    taken(a, 2);
    assertThat(a.taken().getLast().getRecipientsList()).contains("kicked", "ann");
  }

  /** Slices of a large group wait for the gateway; what is of others does not wait for them. */
  @Test
  void invariant26SlicesTakeTurnsWithOtherConversations() {
    FakeGateway a = world.gateways.add("a");
    a.fallSilent();
    world.groups.enter("g", users(10_000));
    world.groups.enter("h", users(10_000));
    world.append(0, group("g", "g1"), group("g", "g2"));
    taken(a, 4);
    world.append(0, group("h", "h1"), single("passes", "bob"));
    taken(a, 5);
    eventually(() -> {
      world.turn();
      assertThat(world.idle()).isTrue();
    });
    assertThat(texts(a)).containsExactly("g1", "g1", "g1", "g1", "passes");
    a.speak();
    taken(a, 16 * 3 + 1);
    List<String> texts = texts(a);
    assertThat(texts.subList(texts.indexOf("g2"), texts.size()))
        .as("invariant08")
        .doesNotContain("g1");
    assertThat(texts.indexOf("h1")).as("its turn comes").isLessThan(texts.lastIndexOf("g1"));
    assertThat(
            a.taken().stream()
                .filter(push -> text(push).equals("g2"))
                .flatMap(p -> p.getRecipientsList().stream()))
        .hasSize(10_000)
        .doesNotHaveDuplicates();
  }

  @Test
  void aStreamThatBreaksBetweenSlicesGoesOnWithThemAndSendsTheirRecipientsAnew() {
    FakeGateway a = world.gateways.add("a");
    a.fallSilent();
    world.groups.enter("g", users(10_000));
    world.append(0, group("g", "g1"));
    taken(a, 4);
    a.breakStream();
    eventually(() -> {
      world.turn();
      Set<Integer> slices = new HashSet<>();
      a.taken().forEach(push -> slices.add(push.getSlice()));
      assertThat(slices).hasSize(16);
    });
    // The fake would fail on a slot that was not sent; nothing but the first four comes again.
    eventually(() -> assertThat(a.taken()).hasSize(20));
    assertThat(a.taken().subList(4, 8)).isEqualTo(a.taken().subList(0, 4));
  }

  @Test
  void whatIsDoneIsReportedToTheGatewayAndNothingThatIsStillToCome() {
    FakeGateway a = world.gateways.add("a");
    world.groups.enter("g", List.of("ann"));
    world.append(0, single("one", "bob"));
    taken(a, 1);
    eventually(() -> {
      world.turn();
      assertThat(world.committed(0)).isEqualTo(2);
    });
    CountDownLatch go = new CountDownLatch(1);
    world.groups.beforeEachAnswer(() -> {
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
    world.append(0, group("g", "late"), single("two", "bob"));
    taken(a, 2);
    go.countDown();
    taken(a, 3);
    assertThat(a.raw()).extracting(Push::getOffset).containsExactly(1L, 3L, 2L);
    assertThat(a.raw()).extracting(Push::getOpenFrom).containsExactly(1L, 2L, 2L);
  }

  @Test
  void theHandOffKnowsWhoWasReachedOnAPhoneAtAnyGateway() {
    FakeGateway a = world.gateways.add("a", "bob");
    FakeGateway b = world.gateways.add("b", "bob");
    a.phones("u00003");
    b.phones("bob", "u00004");
    world.groups.enter("g", users(1_000));
    world.append(0, single("one", "bob", "cat"), group("g", "two", "bob"));
    taken(a, 3 + 1);
    eventually(() -> {
      world.turn();
      assertThat(world.handed).hasSize(2);
    });
    // In no order: the first is over only when somebody has looked for cat once more.
    List<OfflineHandOff.DeliveryResult> handed = new ArrayList<>(world.handed);
    handed.sort(Comparator.comparingInt(result -> result.targets().size()));
    assertThat(handed.get(0).reached()).containsExactly("bob");
    assertThat(handed.get(0).targets()).containsExactly(List.of("bob", "cat"));
    assertThat(handed.get(1).reached()).containsExactlyInAnyOrder("bob", "u00003", "u00004");
    assertThat(handed.get(1).targets()).hasSize(3);
  }

  @Test
  void aCheckpointPassesAMessageWhenItsHandOffIsSafeAndAnotherProcessBeginsThere() {
    FakeGateway a = world.gateways.add("a", "bob");
    world.handOffWaits = true;
    world.append(0, single("one", "bob"), single("two", "bob"));
    taken(a, 2);
    eventually(() -> {
      world.turn();
      assertThat(world.open).hasSize(2);
    });
    assertThat(world.committed(0)).isEqualTo(1);
    // The second is safe, the first is not: the process is killed.
    world.open.get(1).complete(null);
    world.turn();
    assertThat(world.committed(0)).isEqualTo(1);
    world.handOffWaits = false;
    world.with(Pusher.Timeouts.USUAL);
    taken(a, 4);
    eventually(() -> {
      world.turn();
      assertThat(world.committed(0)).isEqualTo(3);
    });
    assertThat(world.handed).hasSize(4);
  }

  @Test
  void aHandOffThatFailsIsTriedAgain() {
    FakeGateway a = world.gateways.add("a", "bob");
    world.handOffWaits = true;
    world.append(0, single("one", "bob"));
    taken(a, 1);
    eventually(() -> {
      world.turn();
      assertThat(world.open).hasSize(1);
    });
    world.open.getFirst().completeExceptionally(new IllegalStateException("Kafka is away"));
    world.handOffWaits = false;
    eventually(() -> {
      world.turn();
      assertThat(world.committed(0)).isEqualTo(2);
    });
    assertThat(world.handed).hasSize(2);
    assertThat(a.taken()).hasSize(1);
  }

  @Test
  void invariant26AGatewayThatReportsNothingDelaysNoHandOffForLong() {
    FakeGateway a = world.gateways.add("a", "bob");
    FakeGateway b = world.gateways.add("b", "cat");
    a.fallSilent();
    world.append(0, single("one", "bob"), single("two", "cat"));
    taken(b, 1);
    eventually(() -> {
      world.turn();
      assertThat(world.handed).as("what b has reported").hasSize(1);
    });
    assertThat(world.handed.getFirst().targets()).containsExactly(List.of("cat"));
    assertThat(world.committed(0)).isEqualTo(1);
    world.with(new Pusher.Timeouts(Duration.ofMillis(1), Duration.ofSeconds(60)));
    eventually(() -> {
      world.turn();
      assertThat(world.committed(0)).isEqualTo(3);
    });
  }

  @Test
  void whatIsLateIsCountedAndPushed() {
    FakeGateway a = world.gateways.add("a");
    long late = PushWorld.NOW_MILLIS - 10_001;
    world.append(
        0,
        single("late", "bob").toBuilder().setSendTimeMillis(late).build(),
        single("just", "bob").toBuilder().setSendTimeMillis(late + 1).build());
    taken(a, 2);
    assertThat(world.meters.counter("msg_long_time_push").count()).isEqualTo(1);
  }

  @Test
  void whereNoGatewayIsThereAllIsHandedOver() {
    world.append(0, single("one", "bob"));
    eventually(() -> {
      world.turn();
      assertThat(world.handed).hasSize(1);
    });
    assertThat(world.handed.getFirst().reached()).isEmpty();
    assertThat(world.committed(0)).isEqualTo(2);
  }
}
