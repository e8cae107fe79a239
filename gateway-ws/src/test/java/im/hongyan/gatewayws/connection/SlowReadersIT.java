package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.Pushes;
import im.hongyan.gatewayws.fixture.RawClient;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves that a client which does not read costs a bounded amount of memory, gets the newest
 * message of each conversation when it reads in time, and is ended when it does not (websocket.md
 * 10.3: 4, 5).
 */
class SlowReadersIT {
  private static final int PUSHES = 4_000;
  private static final int PUSH_BYTES = 16_384;
  private static final int CONVERSATIONS = 3;
  private static final int REQUESTS = 5_000;
  private static final int ANSWER_BYTES = 20_000;
  private static Gateways gateways;
  private static Gateway patient;
  private static Gateway quick;

  @BeforeAll
  static void start() {
    gateways =
        new Gateways(
            Map.of(
                "gateway.ws.maxQueuedBytes",
                "65536",
                "gateway.ws.requestsPerSecond",
                "1000000",
                "gateway.ws.requestBurst",
                "1000000"));
    patient =
        gateways.start(
            "patient", Map.of("gateway.ws.writeTimeout", "10m", "gateway.ws.readTimeout", "10m"));
    quick = gateways.start("quick", Map.of("gateway.ws.writeTimeout", "500ms"));
  }

  @AfterAll
  static void stop() {
    gateways.close();
  }

  private static RawClient connect(Gateway gateway, String user) throws IOException {
    Map<String, String> query =
        Client.arguments(user, Platform.ANDROID, FakeAuth.token(user, Platform.ANDROID, "t"));
    query.remove("compression");
    return RawClient.upgraded(gateway.port(), query);
  }

  private static void push(Pushes pushes, String user, int seq) throws InterruptedException {
    pushes.push(
        user,
        "si_" + seq % CONVERSATIONS,
        MsgData.newBuilder()
            .setSeq(seq)
            .setContent(ByteString.copyFrom(new byte[PUSH_BYTES]))
            .build());
  }

  private static long directBytes() {
    return (long) patient.meters().get("edge_buffer_bytes").gauge().value();
  }

  @Test
  void section10_3_4TheNewestOfEachConversationAwaitsWhoReadsLate() throws Exception {
    try (RawClient client = connect(patient, "late")) {
      Pushes pushes = new Pushes(gateways, patient);
      long before = directBytes();
      for (int seq = 1; seq <= PUSHES; seq++) {
        push(pushes, "late", seq);
      }
      assertThat(directBytes() - before)
          .as("memory for %d MB of pushes", (PUSHES * PUSH_BYTES) >> 20)
          .isLessThan(PUSHES * PUSH_BYTES / 2);
      assertThat(patient.meters().counter("ws_pushes_deferred").count()).isPositive();
      Map<String, Long> seen = new HashMap<>();
      int frames = 0;
      while (seen.values().stream().filter(seq -> seq > PUSHES - CONVERSATIONS).count()
          < CONVERSATIONS) {
        var push = new GobFrameCodec().decodeResponse(client.read().payload());
        frames++;
        for (int i = 0; i < CONVERSATIONS; i++) {
          String conversation = "si_" + i;
          Long seq = Pushes.seq(push, conversation);
          if (seq != null) {
            Long last = seen.put(conversation, seq);
            assertThat(last == null || last < seq).as("in order").isTrue();
          }
        }
      }
      assertThat(frames).as("thinned out").isLessThan(PUSHES);
    }
  }

  @Test
  void section10_3_4WhoReadsNothingIsEnded() throws Exception {
    double before = slow();
    try (RawClient client = connect(quick, "deaf")) {
      Pushes pushes = new Pushes(gateways, quick);
      AtomicInteger seq = new AtomicInteger();
      Eventually.eventually(() -> {
        push(pushes, "deaf", seq.incrementAndGet());
        assertThat(slow()).isEqualTo(before + 1);
      });
      assertThat(client.readToEnd()).isEqualTo(RawClient.NO_CLOSE_FRAME);
    }
    assertThat(quick.meters().get("ws_connections").gauge().value()).isZero();
  }

  private static double slow() {
    return quick.meters().counter("ws_connections_closed", "reason", "slow").count();
  }

  @Test
  void section10_3_4WhoAsksWithoutReadingIsNotServedOn() throws Exception {
    AtomicInteger answered = new AtomicInteger();
    gateways.msg().onMaxSeq(request -> answer(answered, request));
    try (RawClient greedy = connect(patient, "greedy");
        RawClient modest = connect(patient, "modest")) {
      Thread sender = Thread.startVirtualThread(() -> ask(greedy));
      // Meanwhile as many could be answered.
      for (int i = 0; i < REQUESTS; i++) {
        modest.send(request("modest", i));
        assertAnswer(modest, i);
      }
      assertThat(answered.get())
          .as("of %d answers", REQUESTS)
          .isPositive()
          .isLessThan(REQUESTS / 2);
      for (int i = 0; i < REQUESTS; i++) {
        assertAnswer(greedy, i);
      }
      sender.join();
    }
  }

  private static GetMaxSeqResp answer(AtomicInteger answered, GetMaxSeqReq request) {
    if (request.getUserID().equals("modest")) {
      return GetMaxSeqResp.getDefaultInstance();
    }
    answered.incrementAndGet();
    return GetMaxSeqResp.newBuilder().putMaxSeqs("x".repeat(ANSWER_BYTES), 1).build();
  }

  private static byte[] request(String user, int number) {
    ByteString data = GetMaxSeqReq.newBuilder().setUserID(user).build().toByteString();
    RequestFrame request = new RequestFrame(1001, "", user, "op", "m" + number, data);
    return RawClient.frame(0x82, new GobFrameCodec().encodeRequest(request));
  }

  private static void assertAnswer(RawClient client, int number) throws Exception {
    var answer = new GobFrameCodec().decodeResponse(client.read().payload());
    assertThat(answer.msgIncr()).isEqualTo("m" + number);
  }

  private static void ask(RawClient client) {
    try {
      for (int i = 0; i < REQUESTS; i++) {
        client.send(request("greedy", i));
      }
    } catch (IOException ended) {
      // The test has failed already.
    }
  }
}
