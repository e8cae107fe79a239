package im.hongyan.msg.send;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.call.ThrowingSupplier;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sending.SendBatch;
import im.hongyan.proto.sending.SendOutcome;
import im.hongyan.proto.sending.SendOutcomes;
import im.hongyan.proto.sending.SendRequest;
import im.hongyan.proto.sending.SendingGrpc;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proves through the guard who sends over a call of its own and over a gateway's stream. */
class SendRpcsTest {
  private static final int MORE_THAN_WAIT = 120_000;
  private final SendFixture sends =
      new SendFixture(
          false, Map.of("msg.maxConcurrentSends", "4", "msg.maxConcurrentSendBytes", "1048576"));

  @AfterEach
  void close() {
    sends.close();
  }

  private SendMsgResp send(String caller, SendMsgReq request) {
    ThrowingSupplier<SendMsgResp, RuntimeException> call =
        () ->
            RpcChannels.call(
                sends.locator.channel(ServiceName.MSG), msgGrpc.getSendMsgMethod(), request);
    return CallContext.user("op", caller, "IOS", "c1").call(call);
  }

  private static SendMsgReq request(MsgData.Builder message) {
    return SendMsgReq.newBuilder().setMsgData(message).build();
  }

  private void refused(int code, String detail, String caller, SendMsgReq request) {
    assertThatThrownBy(() -> send(caller, request))
        .isInstanceOfSatisfying(
            ImException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.detail()).isEqualTo(detail);
            });
  }

  @Test
  void aCallAsksForTheSenderBeforeTheMessage() {
    refused(1002, "ownerUserID, =MISSING", "alice", SendMsgReq.getDefaultInstance());
    refused(1001, "msgData is empty", "imAdmin", SendMsgReq.getDefaultInstance());
    SendMsgReq request = request(SendFixture.text("alice", "bob"));
    refused(1002, "ownerUserID, alice=MISSING", "bob", request);
    assertThat(sends.lane.taken()).isEmpty();
    SendMsgResp first = send("alice", request);
    assertThat(first.getSendTime()).isEqualTo(SendFixture.NOW);
    assertThat(send("imAdmin", request).getServerMsgID()).isEqualTo(first.getServerMsgID());
    sends.relation.block("carol", "alice");
    refused(1302, "", "alice", request(SendFixture.text("alice", "carol")));
  }

  @Test
  void eachSendOfAStreamHasACallerOfItsOwn() throws Exception {
    BlockingQueue<SendOutcome> outcomes = new LinkedBlockingQueue<>();
    ByteString malformed = ByteString.fromHex("0a02c328");
    StreamObserver<SendBatch> stream =
        CallContext.service("gateway").toGrpc().call(() -> open(outcomes));
    stream.onNext(
        SendBatch.newBuilder()
            .addRequests(sendRequest(1, "alice"))
            .addRequests(sendRequest(2, "bob"))
            .addRequests(sendRequest(3, "imAdmin"))
            .addRequests(sendRequest(4, "alice").toBuilder().setMessage(malformed))
            .build());
    Map<Long, Integer> codes = new TreeMap<>();
    while (codes.size() < 4) {
      SendOutcome outcome = outcomes.poll(10, TimeUnit.SECONDS);
      assertThat(outcome).isNotNull();
      codes.put(outcome.getId(), outcome.getErrorCode());
    }
    assertThat(codes)
        .containsExactly(
            Map.entry(1L, 0), Map.entry(2L, 1002), Map.entry(3L, 0), Map.entry(4L, 1001));
    stream.onCompleted();
  }

  private StreamObserver<SendBatch> open(BlockingQueue<SendOutcome> outcomes) {
    return SendingGrpc.newStub(sends.locator.channel(ServiceName.MSG))
        .send(
            new StreamObserver<>() {
              @Override
              public void onNext(SendOutcomes batch) {
                outcomes.addAll(batch.getOutcomesList());
              }

              @Override
              public void onError(Throwable ended) {}

              @Override
              public void onCompleted() {}
            });
  }

  private static SendOutcome next(BlockingQueue<SendOutcome> outcomes) throws InterruptedException {
    SendOutcome outcome = outcomes.poll(10, TimeUnit.SECONDS);
    assertThat(outcome).isNotNull();
    return outcome;
  }

  @Test
  void soManyAreTakenAtOnceOverAllStreams() throws Exception {
    CompletableFuture<Void> kafka = sends.lane.hold();
    BlockingQueue<SendOutcome> first = new LinkedBlockingQueue<>();
    BlockingQueue<SendOutcome> second = new LinkedBlockingQueue<>();
    CallContext gateway = CallContext.service("gateway");
    StreamObserver<SendBatch> one = gateway.toGrpc().call(() -> open(first));
    StreamObserver<SendBatch> two = gateway.toGrpc().call(() -> open(second));
    one.onNext(SendBatch.newBuilder().addRequests(sendRequest(1, "alice")).build());
    two.onNext(SendBatch.newBuilder().addRequests(sendRequest(2, "alice")).build());
    one.onNext(SendBatch.newBuilder().addRequests(sendRequest(3, "alice")).build());
    two.onNext(SendBatch.newBuilder().addRequests(sendRequest(7, "alice")).build());
    eventually(() -> assertThat(sends.lane.taken()).hasSize(4));
    two.onNext(
        SendBatch.newBuilder()
            .addRequests(sendRequest(4, "alice"))
            .addRequests(sendRequest(5, "alice"))
            .build());
    for (long id = 4; id <= 5; id++) {
      SendOutcome refused = next(second);
      assertThat(refused.getId()).isEqualTo(id);
      assertThat(refused.getErrorCode()).isEqualTo(ImError.TOO_MANY_REQUESTS.code());
    }
    assertThat(sends.lane.taken()).hasSize(4);
    kafka.complete(null);
    assertThat(next(first).getErrorCode()).isZero();
    assertThat(next(first).getErrorCode()).isZero();
    assertThat(next(second).getErrorCode()).isZero();
    assertThat(next(second).getErrorCode()).isZero();
    one.onNext(SendBatch.newBuilder().addRequests(sendRequest(6, "alice")).build());
    assertThat(next(first).getErrorCode()).isZero();
    assertThat(sends.meters.get("limit_active").tag("limit", "sends").gauge().value()).isZero();
  }

  @Test
  void soManyBytesAreTakenAtOnceAndSmallOnesHaveRoomBesideLargeOnes() throws Exception {
    CompletableFuture<Void> kafka = sends.lane.hold();
    BlockingQueue<SendOutcome> outcomes = new LinkedBlockingQueue<>();
    StreamObserver<SendBatch> stream =
        CallContext.service("gateway").toGrpc().call(() -> open(outcomes));
    stream.onNext(SendBatch.newBuilder().addRequests(large(1)).build());
    eventually(() -> assertThat(sends.lane.taken()).hasSize(1));
    stream.onNext(SendBatch.newBuilder().addRequests(large(2)).build());
    SendOutcome refused = next(outcomes);
    assertThat(refused.getId()).isEqualTo(2);
    assertThat(refused.getErrorCode()).isEqualTo(ImError.TOO_MANY_REQUESTS.code());
    stream.onNext(SendBatch.newBuilder().addRequests(sendRequest(3, "alice")).build());
    eventually(() -> assertThat(sends.lane.taken()).hasSize(2));
    kafka.complete(null);
    assertThat(next(outcomes).getErrorCode()).isZero();
    assertThat(next(outcomes).getErrorCode()).isZero();
    stream.onNext(SendBatch.newBuilder().addRequests(large(4)).build());
    assertThat(next(outcomes).getErrorCode()).isZero();
    assertThat(sends.meters.get("budget_bytes").tag("budget", "sends").gauge().value()).isZero();
  }

  /** Two of them are more than three quarters of a megabyte. */
  private static SendRequest large(long id) {
    ByteString content = ByteString.copyFromUtf8("{\"content\":\"" + "x".repeat(500_000) + "\"}");
    return sendRequest(id, "alice").toBuilder()
        .setMessage(SendFixture.text("alice", "bob").setContent(content).build().toByteString())
        .build();
  }

  @Test
  void aGatewayThatTakesNoOutcomesLosesItsStream() throws Exception {
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    StreamObserver<SendBatch> stream =
        CallContext.service("gateway").toGrpc().call(() -> openDeaf(end));
    SendBatch.Builder batch = SendBatch.newBuilder();
    for (int i = 0; i < MORE_THAN_WAIT; i++) {
      batch.addRequests(SendRequest.newBuilder().setId(i).setUserId("alice"));
    }
    stream.onNext(batch.build());
    assertThat(end.get(1, TimeUnit.MINUTES)).hasMessageContaining("outcomes are not taken");
    eventually(() ->
        assertThat(sends.meters.get("limit_active").tag("limit", "sends").gauge().value())
            .isZero());
  }

  private StreamObserver<SendBatch> openDeaf(CompletableFuture<Throwable> end) {
    return SendingGrpc.newStub(sends.locator.channel(ServiceName.MSG))
        .send(
            new ClientResponseObserver<SendBatch, SendOutcomes>() {
              @Override
              public void beforeStart(ClientCallStreamObserver<SendBatch> call) {
                call.disableAutoRequestWithInitial(0);
              }

              @Override
              public void onNext(SendOutcomes batch) {}

              @Override
              public void onError(Throwable ended) {
                end.complete(ended);
              }

              @Override
              public void onCompleted() {}
            });
  }

  /** A message of alice, sent by a user. */
  private static SendRequest sendRequest(long id, String userId) {
    return SendRequest.newBuilder()
        .setId(id)
        .setOperationId("op")
        .setUserId(userId)
        .setPlatformId(1)
        .setMessage(SendFixture.text("alice", "bob").build().toByteString())
        .build();
  }
}
