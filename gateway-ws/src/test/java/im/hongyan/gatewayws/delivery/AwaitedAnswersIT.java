package im.hongyan.gatewayws.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.PushStream;
import im.hongyan.proto.delivery.AnsweredCalls;
import im.hongyan.proto.delivery.AnswersGrpc;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.msggateway.KickUserOfflineReq;
import im.hongyan.proto.msggateway.msgGatewayGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.proto.sequencing.AwaitedAnswer;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that the caller's own connections get what his REST call causes behind its answer, that
 * others wait for nothing, and that no connection's pushes change their order.
 */
class AwaitedAnswersIT {
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static final int MUCH = 300_000;
  private static Gateways gateways;

  /** Waits longer than any test runs. */
  private static Gateway slow;

  private static Gateway quick;

  /** Each test has its own, since a gateway remembers what it took and what was answered. */
  private int lane;

  private String alice;
  private String bob;
  private String call;

  @BeforeAll
  static void start() {
    gateways = new Gateways(Map.of("gateway.ws.maxQueuedBytes", "400000"));
    slow = gateways.start("slow", Map.of("gateway.ws.answerWait", "1h"));
    quick = gateways.start("quick", Map.of("gateway.ws.answerWait", "1ms"));
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  @BeforeEach
  void names() {
    lane = TESTS.incrementAndGet();
    alice = "alice" + lane;
    bob = "bob" + lane;
    call = "call" + lane;
  }

  private static Client connect(Gateway gateway, String user, Platform platform) throws Exception {
    return Client.connect(
        gateway.address(), user, platform, FakeAuth.token(user, platform, "answers"));
  }

  private Client connect(String user) throws Exception {
    return connect(slow, user, Platform.ANDROID);
  }

  private static PushStream stream(Gateway gateway) {
    return new PushStream(gateways.channel(gateway));
  }

  private Push push(long offset, String... recipients) {
    MsgData message = MsgData.newBuilder().setSeq(offset).build();
    return PushStream.push(lane, offset, "sg_g1", message, List.of(recipients));
  }

  private Push behind(String callId, Push push) {
    AwaitedAnswer answer = AwaitedAnswer.newBuilder().setCallId(callId).setUserId(alice).build();
    return push.toBuilder().setAwaitedAnswer(answer).build();
  }

  private static void answered(Gateway gateway, String... callIds) {
    var report = AnsweredCalls.newBuilder().addAllCallIds(List.of(callIds)).build();
    Gateways.asService(() -> AnswersGrpc.newBlockingStub(gateways.channel(gateway)).report(report));
  }

  private static List<Long> seqs(Client client, int pushes) throws Exception {
    List<Long> seqs = new ArrayList<>();
    for (int i = 0; i < pushes; i++) {
      for (PullMsgs pulled : PushMessages.parseFrom(client.read().data()).getMsgsMap().values()) {
        pulled.getMsgsList().forEach(message -> seqs.add(message.getSeq()));
      }
    }
    return seqs;
  }

  /** The answer to a request is the next message: no push that a loop has is before it. */
  private static void nothingWasPushed(Client client) throws Exception {
    assertThat(client.ask(1001, GetMaxSeqReq.getDefaultInstance()).reqIdentifier()).isEqualTo(1001);
  }

  @Test
  void theCallersOwnCopiesFollowTheAnswerAndOthersWaitForNothing() throws Exception {
    try (Client phone = connect(alice);
        Client web = connect(slow, alice, Platform.WEB);
        Client other = connect(bob);
        PushStream stream = stream(slow)) {
      assertThat(stream.deliver(behind(call, push(1, alice, bob))).getResults(0).getReachedList())
          .as("it counts as done")
          .containsExactly(0, 1);
      assertThat(seqs(other, 1)).containsExactly(1L);
      nothingWasPushed(phone);
      nothingWasPushed(web);
      answered(slow, "another", call);
      assertThat(seqs(phone, 1)).containsExactly(1L);
      assertThat(seqs(web, 1)).containsExactly(1L);
      nothingWasPushed(other);
    }
  }

  @Test
  void whatComesLaterStaysBehindItAndNoneIsReplaced() throws Exception {
    try (Client client = connect(alice);
        PushStream stream = stream(slow)) {
      stream.deliver(push(1, alice), behind(call, push(2, alice)), push(3, alice), push(4, alice));
      stream.deliver(behind("second" + call, push(5, alice)), push(6, alice));
      assertThat(seqs(client, 1)).containsExactly(1L);
      answered(slow, "second" + call);
      nothingWasPushed(client);
      answered(slow, call);
      assertThat(seqs(client, 5)).containsExactly(2L, 3L, 4L, 5L, 6L);
      stream.deliver(push(7, alice));
      assertThat(seqs(client, 1)).containsExactly(7L);
    }
  }

  @Test
  void aSecondAnswerIsWaitedForAfterTheFirst() throws Exception {
    try (Client client = connect(alice);
        PushStream stream = stream(slow)) {
      stream.deliver(
          behind(call, push(1, alice)), push(2, alice), behind("second" + call, push(3, alice)));
      answered(slow, call);
      assertThat(seqs(client, 2)).containsExactly(1L, 2L);
      nothingWasPushed(client);
      answered(slow, "second" + call);
      assertThat(seqs(client, 1)).containsExactly(3L);
    }
  }

  @Test
  void whatWasAnsweredBeforeWaitsForNothing() throws Exception {
    try (Client client = connect(alice);
        PushStream stream = stream(slow)) {
      answered(slow, call);
      stream.deliver(behind(call, push(1, alice)), behind(call, push(2, alice)));
      assertThat(seqs(client, 2)).containsExactly(1L, 2L);
    }
  }

  @Test
  void anAnswerThatNobodyReportsIsNotAwaitedForLong() throws Exception {
    try (Client client = connect(quick, alice, Platform.ANDROID);
        PushStream stream = stream(quick)) {
      stream.deliver(behind(call, push(1, alice)), push(2, alice), behind(call, push(3, alice)));
      assertThat(seqs(client, 3)).containsExactly(1L, 2L, 3L);
      assertThat(quick.meters().counter("ws_pushes_awaited", "result", "unanswered").count())
          .isPositive();
    }
  }

  @Test
  void noMoreWaitsThanForASlowClient() throws Exception {
    int many = 1_001;
    try (Client client = connect(alice);
        PushStream stream = stream(slow)) {
      stream.deliver(behind(call, push(1, alice)));
      for (long offset = 2; offset < many; offset++) {
        stream.deliver(push(offset, alice));
      }
      nothingWasPushed(client);
      stream.deliver(push(many, alice));
      assertThat(seqs(client, many)).isEqualTo(LongStream.rangeClosed(1, many).boxed().toList());
    }
  }

  private Push large(long offset) {
    byte[] content = new byte[MUCH];
    new Random(offset).nextBytes(content);
    MsgData message =
        MsgData.newBuilder().setSeq(offset).setContent(ByteString.copyFrom(content)).build();
    return PushStream.push(lane, offset, "sg_g1", message, List.of(alice));
  }

  private double waitingBytes() {
    return slow.meters().get("budget_bytes").tag("budget", "ws_user").gauge().value();
  }

  @Test
  void norMoreBytes() throws Exception {
    try (Client client = connect(alice);
        PushStream stream = stream(slow)) {
      stream.deliver(behind(call, large(1)));
      nothingWasPushed(client);
      stream.deliver(large(2));
      assertThat(seqs(client, 2)).containsExactly(1L, 2L);
    }
  }

  @Test
  void whatWaitsCountsAndIsDroppedWithItsConnection() throws Exception {
    Eventually.until("others' bytes are gone", () -> waitingBytes() == 0);
    try (Client client = connect(alice);
        PushStream stream = stream(slow)) {
      stream.deliver(behind(call, large(1)));
      nothingWasPushed(client);
      assertThat(waitingBytes()).isGreaterThanOrEqualTo(MUCH);
      client.hangUp();
      Eventually.until("the bytes are given back", () -> waitingBytes() == 0);
      answered(slow, call);
    }
  }

  @Test
  void whoIsKickedGetsItBefore() throws Exception {
    try (Client client = connect(alice);
        PushStream stream = stream(slow)) {
      stream.deliver(behind(call, push(1, alice)), push(2, alice));
      KickUserOfflineReq kick =
          KickUserOfflineReq.newBuilder()
              .setPlatformID(Platform.ANDROID.number())
              .addKickUserIDList(alice)
              .build();
      Gateways.asService(
          () -> msgGatewayGrpc.newBlockingStub(gateways.channel(slow)).kickUserOffline(kick));
      assertThat(seqs(client, 2)).containsExactly(1L, 2L);
      assertThat(client.read().reqIdentifier()).isEqualTo(2002);
    }
  }
}
