package im.hongyan.client.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.client.websocket.FakeWsServer;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Proves login arguments, requests, answers, pushes and kicks over real sockets, in every encoding.
 */
@Timeout(30)
class GatewayConnectionTest {
  private static final GetMaxSeqReq ASK = GetMaxSeqReq.newBuilder().setUserID("alice").build();
  private static final GetMaxSeqResp ANSWER =
      GetMaxSeqResp.newBuilder().putMaxSeqs("si_alice_bob", 7).build();

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private FakeWsServer server;

  @BeforeEach
  void start() throws IOException {
    server = new FakeWsServer();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void requestsAreAnsweredInEveryEncoding(Encoding encoding) throws Exception {
    FutureTask<GatewayConnection> opening = open(encoding, Duration.ofSeconds(10));
    FakeWsServer.Peer peer = server.accept().upgrade();
    assertThat(peer.requestLine())
        .contains("?sendID=alice&token=t.o-k_en&platformID=5&operationID=")
        .contains("&isBackground=false&");
    FakeGateway gateway = new FakeGateway(peer, encoding);
    try (GatewayConnection connection = opening.get()) {
      CompletableFuture<GetMaxSeqResp> pending =
          connection.send(ReqId.GET_MAX_SEQ, ASK, GetMaxSeqResp.parser());
      RequestFrame request = gateway.expect(1001);
      assertThat(request.sendID()).isEqualTo("alice");
      assertThat(request.token()).isEmpty();
      assertThat(request.operationID()).isNotEmpty();
      assertThat(request.msgIncr()).startsWith("alice_");
      assertThat(GetMaxSeqReq.parseFrom(request.data())).isEqualTo(ASK);
      gateway.answer(request, ANSWER);
      assertThat(pending.get()).isEqualTo(ANSWER);
    }
  }

  @Test
  void answersFindTheirRequestsInAnyOrder() throws Exception {
    FutureTask<GatewayConnection> opening = open(Encoding.GOB_GZIP, Duration.ofSeconds(10));
    FakeGateway gateway = new FakeGateway(server.accept().upgrade(), Encoding.GOB_GZIP);
    try (GatewayConnection connection = opening.get()) {
      CompletableFuture<GetMaxSeqResp> first =
          connection.send(ReqId.GET_MAX_SEQ, ASK, GetMaxSeqResp.parser());
      CompletableFuture<GetMaxSeqResp> second =
          connection.send(ReqId.GET_MAX_SEQ, ASK, GetMaxSeqResp.parser());
      RequestFrame one = gateway.expect(1001);
      RequestFrame two = gateway.expect(1001);
      gateway.answer(two, ANSWER);
      gateway.answer(one, GetMaxSeqResp.getDefaultInstance());
      assertThat(second.get()).isEqualTo(ANSWER);
      assertThat(first.get()).isEqualTo(GetMaxSeqResp.getDefaultInstance());
    }
  }

  @Test
  void errorCodesComeBackAsSuch() throws Exception {
    FutureTask<GatewayConnection> opening = open(Encoding.JSON, Duration.ofSeconds(10));
    FakeGateway gateway = new FakeGateway(server.accept().upgrade(), Encoding.JSON);
    try (GatewayConnection connection = opening.get()) {
      CompletableFuture<GetMaxSeqResp> pending =
          connection.send(ReqId.GET_MAX_SEQ, ASK, GetMaxSeqResp.parser());
      gateway.fail(gateway.expect(1001), 1002, "NoPermissionError");
      assertThatThrownBy(pending::get)
          .cause()
          .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1002));
    }
  }

  @Test
  void aMissingAnswerIsATimeout() throws Exception {
    FutureTask<GatewayConnection> opening = open(Encoding.GOB, Duration.ofMillis(300));
    FakeWsServer.Peer peer = server.accept().upgrade();
    try (GatewayConnection connection = opening.get()) {
      assertThatThrownBy(() -> connection.request(ReqId.GET_MAX_SEQ, ASK, GetMaxSeqResp.parser()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no answer to 1001");
      assertThat(peer.readBinary()).isNotEmpty();
    }
  }

  @Test
  void pushesKicksAndTheEndReachTheListener() throws Exception {
    FutureTask<GatewayConnection> opening = open(Encoding.GOB_GZIP, Duration.ofSeconds(10));
    FakeGateway gateway = new FakeGateway(server.accept().upgrade(), Encoding.GOB_GZIP);
    try (GatewayConnection connection = opening.get()) {
      CompletableFuture<GetMaxSeqResp> pending =
          connection.send(ReqId.GET_MAX_SEQ, ASK, GetMaxSeqResp.parser());
      gateway.expect(1001);
      gateway.push(ReqId.PUSH_MSG, PushMessages.getDefaultInstance());
      assertThat(events.take()).isEqualTo("push");
      gateway.push(ReqId.KICKED, null);
      assertThat(events.take()).isEqualTo("kicked");
      gateway.drop();
      assertThat(events.take()).isEqualTo("closed 1006");
      connection.awaitClosed();
      assertThatThrownBy(pending::get).cause().isInstanceOf(IOException.class);
      assertThat(connection.isOpen()).isFalse();
      assertThatThrownBy(() -> connection.send(1001, ASK, GetMaxSeqResp.parser()))
          .isInstanceOf(IOException.class);
    }
  }

  private FutureTask<GatewayConnection> open(Encoding encoding, Duration timeout) {
    LoginOptions options =
        new LoginOptions(server.address(), "alice", Platform.WEB, "t.o-k_en", encoding, timeout);
    PushListener listener =
        new PushListener() {
          @Override
          public void onPush(PushMessages push) {
            events.add("push");
          }

          @Override
          public void onKicked() {
            events.add("kicked");
          }

          @Override
          public void onClosed(int code, String reason) {
            events.add("closed " + code);
          }
        };
    FutureTask<GatewayConnection> task =
        new FutureTask<>(() -> GatewayConnection.open(options, listener));
    Thread.ofVirtual().start(task);
    return task;
  }
}
