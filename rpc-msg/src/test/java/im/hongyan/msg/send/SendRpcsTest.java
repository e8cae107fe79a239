package im.hongyan.msg.send;

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
import im.hongyan.wire.error.ImException;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proves through the guard who sends over a call of its own and over a gateway's stream. */
class SendRpcsTest {
  private final SendFixture sends = SendFixture.plain();

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
