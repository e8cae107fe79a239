package im.hongyan.gatewayws.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.client.websocket.WsMessage;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves websocket.md 4.1 row by row: what a request must be, what happens when it is not, and in
 * which order requests of a connection are answered. The table of 4.2 is {@link Section4TableIT}'s.
 */
class Section4RequestsIT {
  private static final String ALICE = "alice";
  private static final int FORBIDDEN = 1008;
  private static final String INTERNAL = "ServerInternalError";

  /** A field of the first number with the wrong wire type. */
  private static final ByteString NO_PROTOBUF = ByteString.fromHex("0a");

  private static Gateways gateways;
  private static Gateway gateway;

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
  void reset() {
    gateways.msg().onMaxSeq(request -> GetMaxSeqResp.getDefaultInstance());
    gateways.msg().onPull(request -> PullMessageBySeqsResp.getDefaultInstance());
    gateways.msg().onSend(request -> SendOutcome.getDefaultInstance());
    gateways.msg().asked().clear();
    gateways.msg().callers().clear();
  }

  private static Client connect(boolean json, boolean gzip) throws IOException {
    String token = FakeAuth.token(ALICE, Platform.WEB, "section4");
    return Client.connect(
        gateway.address(), Client.arguments(ALICE, Platform.WEB, token, json, gzip));
  }

  private static Client connect() throws IOException {
    return connect(true, false);
  }

  private static RequestFrame frame(int id, String sendId, String op, String incr) {
    return new RequestFrame(id, "", sendId, op, incr, ByteString.EMPTY);
  }

  private static ResponseFrame failure(RequestFrame request, int code, String text) {
    return new ResponseFrame(
        request.reqIdentifier(), request.msgIncr(), request.operationID(), code, text, null);
  }

  @ParameterizedTest
  @ValueSource(ints = {1002, 1005, 1006, 2004})
  void section4_1AnIncompleteEnvelopeOfTheseIsAnswered500(int id) throws Exception {
    try (Client client = connect()) {
      for (RequestFrame lacking :
          List.of(
              frame(id, "", "op", "1"), frame(id, ALICE, "", "2"), frame(id, ALICE, "op", ""))) {
        client.send(lacking);
        assertThat(client.read()).isEqualTo(failure(lacking, 500, INTERNAL));
      }
      assertThat(gateways.msg().asked()).isEmpty();
      client.send(frame(id, ALICE, "op", "4"));
      assertThat(client.read().errCode()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1003, 1007, 2005})
  void section4_1OthersNeedNoTraceIdAndNoMsgIncr(int id) throws Exception {
    try (Client client = connect()) {
      RequestFrame bare = frame(id, ALICE, "", "");
      client.send(bare);
      ResponseFrame answer = client.read();
      assertThat(answer.errCode()).isZero();
      assertThat(answer.reqIdentifier()).isEqualTo(id);
      assertThat(answer.msgIncr()).isEmpty();
      assertThat(answer.operationID()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1002, 1003, 1004, 1005, 1006, 1007, 2003, 2004, 2005})
  void section4_1TheSenderOfAnotherUserEndsTheConnection(int id) throws IOException {
    try (Client client = connect()) {
      client.send(frame(id, "bob", "op", "1"));
      assertThat(client.closed()).isEqualTo(FORBIDDEN);
      assertThat(gateways.msg().asked()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1003, 1004, 1007, 2003, 2005})
  void section4_1NoSenderEndsTheConnectionWhereTheEnvelopeNeedNotBeComplete(int id)
      throws IOException {
    try (Client client = connect()) {
      client.send(frame(id, "", "op", "1"));
      assertThat(client.closed()).isEqualTo(FORBIDDEN);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 1, 1000, 1008, 2000, 2001, 2002, 2006, 3001, Integer.MAX_VALUE})
  void section4_1AnUnknownRequestEndsTheConnection(int id) throws IOException {
    try (Client client = connect()) {
      client.send(frame(id, ALICE, "op", "1"));
      assertThat(client.closed()).isEqualTo(FORBIDDEN);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1001, 1002, 1005, 1006, 1007, 2004, 2005, 2003})
  void section4_1APayloadThatIsNoProtobufIsAnArgument(int id) throws Exception {
    try (Client client = connect()) {
      RequestFrame request = new RequestFrame(id, "", ALICE, "op", "1", NO_PROTOBUF);
      client.send(request);
      assertThat(client.read()).isEqualTo(failure(request, 1001, "ArgsError"));
      assertThat(gateways.msg().asked()).isEmpty();
    }
  }

  /** They are counted before one of them is made; rpc-msg is not asked. */
  @Test
  void listsOfRequestsAreBounded() throws Exception {
    ByteString empty = ByteString.fromHex("1200".repeat(1_001));
    try (Client client = connect()) {
      for (int id : List.of(1002, 1005, 1006, 1007)) {
        RequestFrame request = new RequestFrame(id, "", ALICE, "op", "1", empty);
        client.send(request);
        assertThat(client.read()).isEqualTo(failure(request, 1001, "ArgsError"));
      }
    }
    assertThat(gateways.msg().asked()).isEmpty();
  }

  @Test
  void section4_1CodedErrorsKeepCodeAndTextAndHaveNoData() throws Exception {
    gateways
        .msg()
        .onMaxSeq(request -> {
          throw new ImException(1204, "the text", "the detail", null);
        });
    gateways
        .msg()
        .onSend(request ->
            SendOutcome.newBuilder()
                .setErrorCode(1302)
                .setErrorText("blocked")
                .setErrorDetail("the detail")
                .setResponse(ByteString.copyFromUtf8("never sent"))
                .build());
    try (Client client = connect()) {
      RequestFrame read = client.request(1001, ByteString.EMPTY);
      client.send(read);
      assertThat(client.read()).isEqualTo(failure(read, 1204, "the text"));
      RequestFrame send = client.request(1003, ByteString.EMPTY);
      client.send(send);
      assertThat(client.read()).isEqualTo(failure(send, 1302, "blocked"));
    }
  }

  @Test
  void section4_1UncodedErrorsAre500() throws Exception {
    gateways
        .msg()
        .onMaxSeq(request -> {
          throw new IllegalStateException("a fault behind the gateway");
        });
    try (Client client = connect()) {
      RequestFrame read = client.request(1001, ByteString.EMPTY);
      client.send(read);
      assertThat(client.read()).isEqualTo(failure(read, 500, INTERNAL));
    }
  }

  @ParameterizedTest
  @CsvSource({"1001, openim.msg.msg", "1002, openim.msg.msg", "1005, openim.msg.msg"})
  void section4_1AServiceThatIsDownIsNamed(int id, String service) throws Exception {
    try (Client client = connect()) {
      gateways.withdraw(ServiceName.MSG);
      try {
        RequestFrame read = client.request(id, ByteString.EMPTY);
        client.send(read);
        ResponseFrame answer = client.read();
        assertThat(answer.errCode()).isEqualTo(500);
        assertThat(answer.errMsg()).startsWith("grpc service " + service + " down, grpc message ");
        assertThat(answer.data()).isNull();
      } finally {
        gateways.restore(ServiceName.MSG);
      }
      assertThat(client.ask(id, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero();
    }
  }

  @Test
  void section4_1SendsAreAnswered500WhileRpcMsgIsDownAndGoThroughAfterwards() throws Exception {
    try (Client client = connect()) {
      gateways.withdraw(ServiceName.MSG);
      try {
        for (int i = 0; i < 3; i++) {
          ResponseFrame answer = client.ask(1003, MsgData.getDefaultInstance());
          assertThat(answer.errCode()).isEqualTo(500);
          assertThat(answer.errMsg()).startsWith("grpc service openim.msg.msg down, grpc message ");
          assertThat(answer.data()).isNull();
        }
      } finally {
        gateways.restore(ServiceName.MSG);
      }
      Eventually.eventually(
          () -> assertThat(client.ask(1003, MsgData.getDefaultInstance()).errCode()).isZero());
    }
  }

  @Test
  void section4_1AnswersComeInTheOrderOfRequestsAndPingsAreAnsweredMeanwhile() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    gateways
        .msg()
        .onMaxSeq(request -> {
          await(slow);
          return GetMaxSeqResp.getDefaultInstance();
        });
    List<Integer> ids = List.of(1001, 1002, 1003, 1004, 1005, 1006, 1007, 2004, 2005, 1003);
    try (Client client = connect()) {
      for (int id : ids) {
        client.send(client.request(id, ByteString.EMPTY));
      }
      client.socket().sendPing("meanwhile".getBytes(StandardCharsets.UTF_8));
      client.socket().sendText("{\"type\":\"ping\",\"body\":1}");
      assertThat(client.socket().read())
          .isInstanceOfSatisfying(
              WsMessage.Pong.class,
              pong -> assertThat(pong.payload()).asString().isEqualTo("meanwhile"));
      assertThat(client.socket().read())
          .isEqualTo(new WsMessage.Text("{\"type\":\"pong\",\"body\":1}"));
      assertThat(gateways.msg().asked()).as("none begins before its turn").hasSize(1);
      slow.countDown();
      for (int i = 0; i < ids.size(); i++) {
        ResponseFrame answer = client.read();
        assertThat(answer.reqIdentifier()).isEqualTo(ids.get(i));
        assertThat(answer.msgIncr()).isEqualTo(ALICE + "_" + (i + 1));
      }
    }
  }

  @Test
  void section4_1ManyRequestsAtOnceAreAllAnsweredInOrder() throws Exception {
    int many = 500;
    try (Client client = connect()) {
      for (int i = 0; i < many; i++) {
        client.send(client.request(i % 3 == 0 ? 1001 : 1003, ByteString.EMPTY));
      }
      for (int i = 0; i < many; i++) {
        assertThat(client.read().msgIncr()).isEqualTo(ALICE + "_" + (i + 1));
      }
    }
  }

  @Test
  void section4_1WhatFollowsABrokenRequestIsNotDone() throws Exception {
    try (Client client = connect()) {
      // In one go, so that the gateway reads both before it can close.
      client.socket().sendBinary(new byte[] {'{'});
      client.send(client.request(1003, ByteString.EMPTY));
      assertThat(client.readToEnd()).isEqualTo(1007);
    }
    try (Client client = connect()) {
      assertThat(client.ask(1001, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero();
    }
    assertThat(gateways.msg().asked()).containsExactly(GetMaxSeqReq.getDefaultInstance());
  }

  @Test
  void section4_1ARequestIsAnsweredBeforeALaterBrokenOneEndsTheConnection() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    gateways
        .msg()
        .onMaxSeq(request -> {
          await(slow);
          return GetMaxSeqResp.getDefaultInstance();
        });
    try (Client client = connect()) {
      client.send(client.request(1001, ByteString.EMPTY));
      client.send(frame(2001, ALICE, "op", "2"));
      client.socket().sendPing(new byte[0]);
      assertThat(client.socket().read()).isInstanceOf(WsMessage.Pong.class);
      slow.countDown();
      assertThat(client.read().reqIdentifier()).isEqualTo(1001);
      assertThat(client.closed()).isEqualTo(FORBIDDEN);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void section4_1ServicesAreToldWhoAsks() throws Exception {
    try (Client client = connect()) {
      client.send(new RequestFrame(1001, "", ALICE, "trace me/ü", "1", ByteString.EMPTY));
      assertThat(client.read().operationID()).isEqualTo("trace me/ü");
      CallContext caller = gateways.msg().callers().getFirst();
      assertThat(caller.withAnswerBytes(0))
          .isEqualTo(CallContext.user("trace me/ü", ALICE, "Web", caller.connId()));
      assertThat(caller.connId()).isNotEmpty();
      client.send(new RequestFrame(1003, "", ALICE, "trace", "2", ByteString.EMPTY));
      client.read();
      assertThat(gateways.msg().asked().getLast())
          .isInstanceOfSatisfying(
              SendRequest.class,
              send ->
                  assertThat(send.toBuilder().clearId().build())
                      .isEqualTo(
                          SendRequest.newBuilder()
                              .setOperationId("trace")
                              .setUserId(ALICE)
                              .setPlatformId(Platform.WEB.number())
                              .setConnId(caller.connId())
                              .build()));
    }
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void section8_2AnAnswerOfMoreThanAMebibyteBecomes500(boolean json, boolean gzip)
      throws Exception {
    byte[] noise = new byte[1_048_576];
    new Random(1).nextBytes(noise);
    gateways.msg().onPull(request -> pulled(ByteString.copyFrom(noise)));
    try (Client client = connect(json, gzip)) {
      RequestFrame request = client.request(1002, ByteString.EMPTY);
      client.send(request);
      assertThat(client.read())
          .isEqualTo(failure(request, 500, "the answer is longer than clients take"));
      gateways.msg().onPull(asked -> pulled(ByteString.copyFrom(noise, 0, 780_000)));
      assertThat(client.ask(1002, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero();
    }
  }

  /** A compressed answer may hold more than the frame, as long as it goes over the wire. */
  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void section8_2AnAnswerIsAskedForInTheClientsForm(boolean json, boolean gzip) throws Exception {
    byte[] noise = new byte[3 << 20];
    new Random(1).nextBytes(noise);
    Queue<Integer> asked = new ConcurrentLinkedQueue<>();
    gateways
        .msg()
        .onPull(request -> {
          int bytes = CallContext.current().answerBytes();
          asked.add(bytes);
          return pulled(ByteString.copyFrom(noise, 0, bytes - 1_000));
        });
    try (Client client = connect(json, gzip)) {
      assertThat(client.ask(1002, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero();
      if (gzip) {
        assertThat(asked)
            .containsExactly(FrameLimits.MAX_COMPRESSED_DATA_BYTES, FrameLimits.MAX_DATA_BYTES);
      } else {
        assertThat(asked)
            .containsExactly(json ? FrameLimits.MAX_DATA_BYTES : FrameLimits.MAX_PLAIN_DATA_BYTES);
      }
      asked.clear();
      gateways
          .msg()
          .onPull(request -> {
            asked.add(CallContext.current().answerBytes());
            return pulled(ByteString.copyFrom(new byte[gzip ? 2_000_000 : 700_000]));
          });
      assertThat(client.ask(1002, GetMaxSeqReq.getDefaultInstance()).errCode()).isZero();
      assertThat(asked).hasSize(1);
    }
  }

  @Test
  void idsThatAnAnswerCannotRepeatAreRefused() throws Exception {
    try (Client client = connect()) {
      client.send(frame(1001, ALICE, "trace", "i".repeat(2_049)));
      assertThat(client.read().errCode()).isEqualTo(1001);
      client.send(frame(1001, ALICE, "o".repeat(2_049), "1"));
      assertThat(client.read().errCode()).isEqualTo(1001);
    }
  }

  private static PullMessageBySeqsResp pulled(ByteString content) {
    return PullMessageBySeqsResp.newBuilder()
        .putMsgs(
            "si_alice_bob",
            PullMsgs.newBuilder().addMsgs(MsgData.newBuilder().setContent(content)).build())
        .build();
  }

  /** The client gets its own back; what goes to other processes and into logs is bounded. */
  @Test
  void ofALongTraceIdOtherProcessesGet128Bytes() throws Exception {
    String operationId = "雁".repeat(1_000);
    try (Client client = connect()) {
      for (int id : List.of(1001, 1003)) {
        client.send(frame(id, ALICE, operationId, "1"));
        assertThat(client.read().operationID()).isEqualTo(operationId);
      }
    }
    assertThat(gateways.msg().callers().getFirst().operationId()).isEqualTo("雁".repeat(42));
    assertThat(gateways.msg().asked().getLast())
        .isInstanceOfSatisfying(
            SendRequest.class, sent -> assertThat(sent.getOperationId()).isEqualTo("雁".repeat(42)));
  }
}
