package im.hongyan.gatewayws.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.PushStream;
import im.hongyan.proto.delivery.DeliveryReport;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushResult;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.id.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves hongyan.delivery: pushes keep the order of their lane, none is pushed twice, and
 * push-service learns batch by batch who was absent and who has the message on a phone.
 */
class DeliveryStreamIT {
  private static final String ALICE = "alice";
  private static final AtomicInteger LANES = new AtomicInteger();
  private static Gateways gateways;
  private static Gateway gateway;

  /** Each test has its own, since a gateway remembers what it took. */
  private int lane;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of());
    gateway = gateways.start("a");
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @BeforeEach
  void newLane() {
    lane = LANES.incrementAndGet();
  }

  private static Client connect(String user, Platform platform) throws Exception {
    return Client.connect(
        gateway.address(), user, platform, FakeAuth.token(user, platform, "delivery"));
  }

  private static PushStream stream() {
    return new PushStream(gateways.channel(gateway));
  }

  private static Push push(int lane, long offset, String... recipients) {
    return PushStream.push(
        lane, offset, "sg_g1", MsgData.newBuilder().setSeq(offset).build(), List.of(recipients));
  }

  private static Push again(Push push) {
    return push.toBuilder().setAgain(true).build();
  }

  /** The seqs of the next pushes to a client. */
  private static List<Long> seqs(Client client, int pushes) throws Exception {
    List<Long> seqs = new ArrayList<>();
    for (int i = 0; i < pushes; i++) {
      PushMessages push = PushMessages.parseFrom(client.read().data());
      for (PullMsgs pulled : push.getMsgsMap().values()) {
        pulled.getMsgsList().forEach(message -> seqs.add(message.getSeq()));
      }
    }
    return seqs;
  }

  @Test
  void pushesKeepTheOrderOfTheirLane() throws Exception {
    int many = 1_000;
    try (Client client = connect(ALICE, Platform.ANDROID);
        PushStream stream = stream()) {
      List<Long> sent = new ArrayList<>();
      for (long offset = 1; offset <= many; offset += 2) {
        sent.add(offset);
        sent.add(offset + 1);
        stream.send(push(lane, offset, ALICE), push(lane, offset + 1, ALICE));
      }
      assertThat(seqs(client, many)).isEqualTo(sent);
    }
  }

  private static Push settledBelow(long openFrom, Push push) {
    return push.toBuilder().setOpenFrom(openFrom).build();
  }

  /** Offsets of those results that are of pushes handed to connections. */
  private static List<Long> fresh(DeliveryReport report) {
    return report.getResultsList().stream()
        .filter(result -> !result.getRepeated())
        .map(PushResult::getOffset)
        .toList();
  }

  @Test
  void whatWasTakenIsDroppedAndToldFromWhatIsFresh() throws Exception {
    try (Client client = connect(ALICE, Platform.ANDROID);
        PushStream stream = stream()) {
      DeliveryReport report =
          stream.deliver(
              push(lane, 5, ALICE),
              push(lane, 5, ALICE),
              push(lane, 4, ALICE),
              push(lane, 9, ALICE));
      assertThat(fresh(report)).containsExactly(5L, 4L, 9L);
      PushResult repeated =
          PushResult.newBuilder()
              .setLane(lane)
              .setOffset(5)
              .setRepeated(true)
              .addReached(0)
              .build();
      assertThat(report.getResults(1)).as("who has a phone now is told").isEqualTo(repeated);
      assertThat(fresh(stream.deliver(push(lane, 9, ALICE)))).isEmpty();
      assertThat(fresh(stream.deliver(push(lane, 10, ALICE)))).hasSize(1);
      assertThat(seqs(client, 4)).containsExactly(5L, 4L, 9L, 10L);
    }
  }

  @Test
  void whatIsSettledIsNotTakenAnyMore() throws Exception {
    try (Client client = connect(ALICE, Platform.ANDROID);
        PushStream stream = stream()) {
      assertThat(fresh(stream.deliver(settledBelow(7, push(lane, 8, ALICE))))).hasSize(1);
      DeliveryReport report =
          stream.deliver(push(lane, 6, ALICE), push(lane, 7, ALICE), push(lane, 9, ALICE));
      assertThat(fresh(report)).containsExactly(7L, 9L);
      assertThat(seqs(client, 3)).containsExactly(8L, 7L, 9L);
    }
  }

  @Test
  void aNewStreamDoesNotRepeatWhatTheLastOneTook() throws Exception {
    try (Client client = connect(ALICE, Platform.ANDROID)) {
      try (PushStream first = stream()) {
        first.deliver(settledBelow(7, push(lane, 7, ALICE)), push(lane, 9, ALICE));
      }
      try (PushStream second = stream()) {
        DeliveryReport report =
            second.deliver(
                push(lane, 6, ALICE),
                push(lane, 7, ALICE),
                push(lane, 8, ALICE),
                push(lane, 9, ALICE));
        assertThat(fresh(report)).containsExactly(8L);
      }
      assertThat(seqs(client, 3)).containsExactly(7L, 9L, 8L);
    }
  }

  private static Push slice(Push push, int slice, int set) {
    return push.toBuilder().setSlice(slice).setSlices(2).setRecipientSet(set).build();
  }

  /**
   * A stream breaks between the slices of a push: the next one ends it, and nobody gets it twice.
   */
  @Test
  void slicesAreTakenOnceEachAlsoWhenTheStreamBreaksBetweenThem() throws Exception {
    try (Client alice = connect("slice0", Platform.ANDROID);
        Client bob = connect("slice1", Platform.WEB)) {
      Push first = slice(push(lane, 3, "slice0"), 0, 1);
      Push second = slice(push(lane, 3, "slice1"), 1, 2);
      try (PushStream stream = stream()) {
        // Another conversation's turn comes between them.
        DeliveryReport report = stream.deliver(first, push(lane, 4, "slice0", "slice1"));
        assertThat(fresh(report)).containsExactly(3L, 4L);
        assertThat(report.getResults(0).getReachedBits().byteAt(0)).isEqualTo((byte) 1);
      }
      try (PushStream stream = stream()) {
        DeliveryReport report = stream.deliver(first, second, push(lane, 4, "slice0", "slice1"));
        assertThat(report.getResultsList())
            .extracting(PushResult::getSlice, PushResult::getRepeated)
            .containsExactly(
                org.assertj.core.groups.Tuple.tuple(0, true),
                org.assertj.core.groups.Tuple.tuple(1, false),
                org.assertj.core.groups.Tuple.tuple(0, true));
        assertThat(report.getResults(1).getReachedBits().isEmpty()).as("no phone").isTrue();
        stream.deliver(push(lane, 5, "slice0", "slice1"));
      }
      assertThat(seqs(alice, 3)).containsExactly(3L, 4L, 5L);
      assertThat(seqs(bob, 3)).containsExactly(4L, 3L, 5L);
    }
  }

  @Test
  void recipientsThatWereToldOnceAreKnownByTheirPlace() throws Exception {
    try (Client alice = connect(ALICE, Platform.ANDROID);
        Client bob = connect("bob", Platform.ANDROID);
        PushStream stream = stream()) {
      stream.deliver(
          slice(push(lane, 1, "nobody", ALICE), 0, 512),
          slice(push(lane, 2), 0, 512),
          slice(push(lane, 3, "bob"), 0, 512));
      DeliveryReport report = stream.deliver(slice(push(lane, 4), 0, 512));
      assertThat(seqs(alice, 2)).containsExactly(1L, 2L);
      assertThat(seqs(bob, 2)).containsExactly(3L, 4L);
      assertThat(report.getResults(0).getAbsentList()).isEmpty();
      assertThat(report.getResults(0).getReachedBits().byteAt(0)).isEqualTo((byte) 1);
      // What is repeated tells its recipients all the same.
      stream.deliver(slice(push(lane, 4, ALICE), 0, 9), slice(push(lane, 5), 0, 9));
      assertThat(seqs(alice, 1)).containsExactly(5L);
    }
  }

  @Test
  void aPlaceThatHoldsNothingEndsTheStream() throws Exception {
    for (int place : new int[] {1, 513, -1}) {
      try (PushStream stream = stream()) {
        stream.send(slice(push(lane, 1), 0, place));
        assertThat(stream.end())
            .as("place %s", place)
            .failsWithin(Duration.ofSeconds(60))
            .withThrowableOfType(ExecutionException.class);
      }
    }
    try (PushStream stream = stream()) {
      String[] many = new String[1_001];
      java.util.Arrays.setAll(many, i -> "u" + i);
      stream.send(slice(push(lane, 1, many), 0, 1));
      assertThat(stream.end())
          .failsWithin(Duration.ofSeconds(60))
          .withThrowableOfType(ExecutionException.class);
    }
  }

  @Test
  void lanesDoNotHoldEachOtherBack() throws Exception {
    int other = LANES.incrementAndGet();
    try (Client client = connect(ALICE, Platform.ANDROID);
        PushStream stream = stream()) {
      DeliveryReport report = stream.deliver(push(lane, 100, ALICE), push(other, 100, ALICE));
      assertThat(report.getResultsList())
          .extracting(PushResult::getLane)
          .containsExactly(lane, other);
      assertThat(fresh(report)).containsExactly(100L, 100L);
      assertThat(seqs(client, 2)).containsExactly(100L, 100L);
    }
  }

  @Test
  void aSecondLookStandsOutsideTheOrder() throws Exception {
    try (Client client = connect(ALICE, Platform.ANDROID);
        PushStream stream = stream()) {
      DeliveryReport report =
          stream.deliver(
              push(lane, 50, ALICE), again(push(lane, 50, ALICE)), again(push(lane, 90, ALICE)));
      assertThat(report.getResultsList())
          .extracting(PushResult::getOffset, PushResult::getAgain, PushResult::getRepeated)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple(50L, false, false),
              org.assertj.core.groups.Tuple.tuple(50L, true, false),
              org.assertj.core.groups.Tuple.tuple(90L, true, false));
      assertThat(fresh(stream.deliver(push(lane, 90, ALICE))))
          .as("a second look takes nothing")
          .containsExactly(90L);
      assertThat(seqs(client, 4)).containsExactly(50L, 50L, 90L, 90L);
    }
  }

  @Test
  void theReportTellsWhoWasAbsentAndWhoHasItOnAPhone() throws Exception {
    Map<String, String> hidden =
        Client.arguments("ios", Platform.IOS, FakeAuth.token("ios", Platform.IOS, "delivery"));
    hidden.put("isBackground", "true");
    try (Client phone = connect("phone", Platform.ANDROID);
        Client web = connect("web", Platform.WEB);
        Client both = connect("both", Platform.WEB);
        Client bothPhone = connect("both", Platform.IOS);
        Client ios = Client.connect(gateway.address(), hidden);
        PushStream stream = stream()) {
      DeliveryReport report =
          stream.deliver(push(lane, 1, "nobody", "phone", "web", "gone", "both", "ios"));
      assertThat(report.getId()).isEqualTo(1);
      assertThat(report.getResultsList())
          .containsExactly(
              PushResult.newBuilder()
                  .setLane(lane)
                  .setOffset(1)
                  .addAllAbsent(List.of(0, 3))
                  .addAllReached(List.of(1, 4))
                  .build());
      for (Client client : List.of(phone, web, both, bothPhone)) {
        assertThat(client.read().reqIdentifier()).isEqualTo(2001);
      }
      assertThat(ios.socket()).isNotNull();
    }
  }

  @Test
  void everyBatchHasItsReportAndTheyComeInOrder() throws Exception {
    try (PushStream stream = stream()) {
      for (int i = 1; i <= 20; i++) {
        assertThat(i % 3 == 0 ? stream.send() : stream.send(push(lane, i, "nobody"))).isEqualTo(i);
      }
      for (int i = 1; i <= 20; i++) {
        DeliveryReport report = stream.report();
        assertThat(report.getId()).isEqualTo(i);
        assertThat(report.getResultsCount()).isEqualTo(i % 3 == 0 ? 0 : 1);
      }
    }
  }

  @Test
  void theCopiesOfAPushComeOneAfterTheOther() throws Exception {
    Push two =
        push(lane, 1, ALICE).toBuilder()
            .addCopies(
                PushedCopy.newBuilder()
                    .setConversationId("n_g1")
                    .setMessage(MsgData.newBuilder().setSeq(3).build().toByteString())
                    .setSeq(3))
            .build();
    try (Client client = connect(ALICE, Platform.ANDROID);
        PushStream stream = stream()) {
      assertThat(stream.deliver(two).getResultsCount()).isEqualTo(1);
      assertThat(PushMessages.parseFrom(client.read().data()).getMsgsMap())
          .containsOnlyKeys("sg_g1");
      assertThat(PushMessages.parseFrom(client.read().data()).getNotificationMsgsMap())
          .containsOnlyKeys("n_g1");
    }
  }

  @Test
  void allConnectionsOfAFormGetTheSameBytes() throws Exception {
    List<Client> clients = new ArrayList<>();
    try (PushStream stream = stream()) {
      for (int i = 0; i < 12; i++) {
        String token = FakeAuth.token("c" + i, Platform.WEB, "delivery");
        clients.add(
            Client.connect(
                gateway.address(),
                Client.arguments("c" + i, Platform.WEB, token, i % 4 >= 2, i % 2 == 1)));
      }
      stream.deliver(push(lane, 1, "c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 c11".split(" ", -1)));
      List<byte[]> first = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        byte[] payload = clients.get(i).payload();
        if (i < 4) {
          first.add(payload);
        } else {
          assertThat(payload).isEqualTo(first.get(i % 4));
        }
      }
      assertThat(first).doesNotHaveDuplicates();
    } finally {
      clients.forEach(Client::close);
    }
  }
}
