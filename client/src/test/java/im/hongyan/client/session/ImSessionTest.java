package im.hongyan.client.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.client.websocket.FakeWsServer;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Proves resend under one clientMsgID, reconnect with catch-up, and that token codes end a session.
 */
@Timeout(30)
class ImSessionTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private FakeWsServer server;
  private ImSession session;

  @BeforeEach
  void start() throws IOException {
    server = new FakeWsServer();
    LoginOptions options = LoginOptions.sdk(server.address(), "alice", Platform.LINUX, "token");
    session = new ImSession(options, 100, new Recorder(), Duration.ofMillis(2));
  }

  @AfterEach
  void stop() throws IOException {
    session.close();
    server.close();
  }

  @Test
  void aLostAcknowledgementIsResentWithTheSameClientMsgId() throws Exception {
    FakeGateway gateway = syncedGateway(GetMaxSeqResp.getDefaultInstance());
    FutureTask<SendMsgResp> sending = send(MsgData.newBuilder().setSendID("alice").build());
    MsgData first = MsgData.parseFrom(gateway.expect(ReqId.SEND_MSG).data());
    assertThat(first.getClientMsgID()).matches("[0-9a-f]{32}");
    gateway.drop();

    FakeGateway next = syncedGateway(GetMaxSeqResp.getDefaultInstance());
    RequestFrame again = next.expect(ReqId.SEND_MSG);
    assertThat(MsgData.parseFrom(again.data())).isEqualTo(first);
    SendMsgResp answer = SendMsgResp.newBuilder().setServerMsgID("s1").build();
    next.answer(again, answer);
    assertThat(sending.get()).isEqualTo(answer);
  }

  @Test
  void aServerFaultIsRetriedAndARefusalIsNot() throws Exception {
    FakeGateway gateway = syncedGateway(GetMaxSeqResp.getDefaultInstance());
    FutureTask<SendMsgResp> sending = send(MsgData.newBuilder().setClientMsgID("c1").build());
    gateway.fail(gateway.expect(ReqId.SEND_MSG), 500, "ServerInternalError");
    RequestFrame again = gateway.expect(ReqId.SEND_MSG);
    assertThat(MsgData.parseFrom(again.data()).getClientMsgID()).isEqualTo("c1");
    gateway.fail(again, 1302, "BlockedByPeer");
    assertThatThrownBy(sending::get)
        .cause()
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1302));
  }

  @Test
  void whatWasMissedWhileAwayIsPulledOnce() throws Exception {
    FakeGateway gateway = syncedGateway(GetMaxSeqResp.getDefaultInstance());
    assertThat(events.take()).isEqualTo("synced");
    gateway.push(ReqId.PUSH_MSG, pushOf(1));
    assertThat(events.take()).isEqualTo("message 1");
    gateway.drop();
    assertThat(events.take()).startsWith("lost");

    GetMaxSeqResp max = GetMaxSeqResp.newBuilder().putMaxSeqs("si_a_b", 3).build();
    FakeGateway next = syncedGateway(max);
    next.answer(
        next.expect(ReqId.PULL_BY_RANGE),
        PullMessageBySeqsResp.newBuilder().putMsgs("si_a_b", messages(2, 3)).build());
    assertThat(events.take()).isEqualTo("message 2");
    assertThat(events.take()).isEqualTo("message 3");
    assertThat(events.take()).isEqualTo("synced");
    next.push(ReqId.PUSH_MSG, pushOf(3));
    next.push(ReqId.PUSH_MSG, pushOf(4));
    assertThat(events.take()).isEqualTo("message 4");
  }

  @Test
  void tokenCodesEndTheSessionAndOthersAreTriedAgain() throws Exception {
    server.accept().refuse(200, "{\"errCode\":1601,\"errMsg\":\"x\",\"errDlt\":\"\"}");
    assertThat(events.take()).startsWith("lost");
    server.accept().refuse(502, "<html>");
    assertThat(events.take()).startsWith("lost");
    server
        .accept()
        .refuse(200, "{\"errCode\":1501,\"errMsg\":\"TokenExpiredError\",\"errDlt\":\"\"}");
    assertThat(events.take()).isEqualTo("logged out TokenExpiredError");
    assertThatThrownBy(() -> session.send(MsgData.getDefaultInstance(), TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("TokenExpiredError");
  }

  @Test
  void aKickEndsTheSession() throws Exception {
    FakeGateway gateway = syncedGateway(GetMaxSeqResp.getDefaultInstance());
    assertThat(events.take()).isEqualTo("synced");
    gateway.push(ReqId.KICKED, null);
    assertThat(events.take()).isEqualTo("logged out kicked");
  }

  /** Accepts a connection, upgrades it and answers its first 1001. */
  private FakeGateway syncedGateway(GetMaxSeqResp max) throws Exception {
    FakeGateway gateway = new FakeGateway(server.accept().upgrade(), Encoding.GOB_GZIP);
    RequestFrame request = gateway.read();
    if (request.reqIdentifier() == ReqId.SEND_MSG) {
      // The resend may overtake the first 1001; it is not answered and so comes again.
      gateway.fail(request, 500, "ServerInternalError");
      request = gateway.read();
    }
    assertThat(request.reqIdentifier()).isEqualTo(ReqId.GET_MAX_SEQ);
    gateway.answer(request, max);
    return gateway;
  }

  private FutureTask<SendMsgResp> send(MsgData message) throws InterruptedException {
    assertThat(events.take()).isEqualTo("synced");
    FutureTask<SendMsgResp> task = new FutureTask<>(() -> session.send(message, TIMEOUT));
    Thread.ofVirtual().start(task);
    return task;
  }

  private static PushMessages pushOf(long seq) {
    return PushMessages.newBuilder().putMsgs("si_a_b", messages(seq)).build();
  }

  private static PullMsgs messages(long... seqs) {
    PullMsgs.Builder messages = PullMsgs.newBuilder();
    for (long seq : seqs) {
      messages.addMsgs(MsgData.newBuilder().setSeq(seq));
    }
    return messages.build();
  }

  private final class Recorder implements MessageHandler {
    @Override
    public void onMessage(String conversationId, MsgData message) {
      events.add("message " + message.getSeq());
    }

    @Override
    public void onDisconnected(String reason) {
      events.add("lost " + reason);
    }

    @Override
    public void onSynced() {
      events.add("synced");
    }

    @Override
    public void onLoggedOut(String reason) {
      events.add("logged out " + reason);
    }
  }
}
