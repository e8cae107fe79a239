package im.hongyan.client.fake;

import com.google.protobuf.ByteString;
import im.hongyan.client.session.FakeGateway;
import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.client.session.ReqId;
import im.hongyan.client.websocket.FakeWsServer;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.id.ConversationId;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A whole server for tests, in memory, gob and gzip: any user that was registered may log in,
 * messages to users and groups get seqs, are kept once however often they are sent, and are pushed
 * to everybody who takes part. What becomes of a message is the test's word. Its creator closes it.
 */
public final class FakeIm implements AutoCloseable {
  /** What becomes of a message. */
  public enum Fate {
    DELIVERED,
    /** Acknowledged, never pushed. */
    LOST,
    PUSHED_TWICE,
    /** Answered with 1302. */
    REFUSED
  }

  private final FakeWsServer sockets = new FakeWsServer();
  private final FakeLog log = new FakeLog();
  private final FakePulls pulls = new FakePulls(log);
  private final FakeRest rest = new FakeRest(log);
  private final Map<String, FakeGateway> online = new ConcurrentHashMap<>();
  private volatile Function<MsgData, Fate> fates = _ -> Fate.DELIVERED;

  /** Starts it on free ports of loopback. */
  public FakeIm() throws IOException {
    Thread.ofVirtual().start(this::acceptLoop);
  }

  /** Decides what becomes of each message from now on. */
  public void decide(Function<MsgData, Fate> decision) {
    fates = decision;
  }

  /** Whether a message sent twice is stored once; it is unless switched off. */
  public void deduplicate(boolean on) {
    log.deduplicate(on);
  }

  /** Address of the REST API. */
  public URI api() {
    return rest.address();
  }

  /** Address of the WebSocket. */
  public URI gateway() {
    return sockets.address();
  }

  /** Everything stored in a conversation, in order. */
  public List<MsgData> stored(String userId, String peerId) {
    return log.all(ConversationId.single(userId, peerId).value());
  }

  /** Stores a message and pushes it, as if its sender had sent it. */
  public void deliver(MsgData message) throws IOException {
    log.append(message, this::push, 1);
  }

  private void acceptLoop() {
    try {
      while (true) {
        FakeWsServer.Peer peer = sockets.accept();
        Thread.ofVirtual().start(() -> serve(peer));
      }
    } catch (InterruptedException over) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(FakeWsServer.Peer peer) {
    String userId = peer.requestLine().replaceFirst(".*[?&]sendID=([^&]*)&.*", "$1");
    @Nullable FakeGateway gateway = null;
    try {
      if (!rest.knows(userId)) {
        peer.refuse(200, "{\"errCode\":1507,\"errMsg\":\"TokenNotExistError\",\"errDlt\":\"\"}");
        return;
      }
      // Nothing is pushed between the answer to the handshake and the user being online.
      synchronized (log) {
        gateway = new FakeGateway(peer.upgrade(), Encoding.GOB_GZIP);
        online.put(userId, gateway);
      }
      while (true) {
        handle(gateway, gateway.read());
      }
    } catch (IOException | MalformedFrameException over) {
      if (gateway != null) {
        online.remove(userId, gateway);
      }
    }
  }

  private void handle(FakeGateway gateway, RequestFrame request) throws IOException {
    ByteString data = request.data();
    switch (request.reqIdentifier()) {
      case ReqId.SEND_MSG -> send(gateway, request);
      case ReqId.GET_MAX_SEQ ->
          gateway.answer(request, pulls.maxSeqs(GetMaxSeqReq.parseFrom(data).getUserID()));
      case ReqId.PULL_BY_RANGE ->
          gateway.answer(request, pulls.range(PullMessageBySeqsReq.parseFrom(data)));
      case ReqId.PULL_BY_SEQS ->
          gateway.answer(request, pulls.seqs(GetSeqMessageReq.parseFrom(data)));
      case ReqId.READ_AND_MAX_SEQ ->
          gateway.answer(
              request, pulls.readPositions(GetConversationsHasReadAndMaxSeqReq.parseFrom(data)));
      case ReqId.LAST_MESSAGE ->
          gateway.answer(request, pulls.last(GetLastMessageReq.parseFrom(data)));
      default -> gateway.fail(request, 1001, "ArgsError");
    }
  }

  private void send(FakeGateway gateway, RequestFrame request) throws IOException {
    MsgData message = MsgData.parseFrom(request.data());
    Fate fate = fates.apply(message);
    if (fate == Fate.REFUSED) {
      gateway.fail(request, 1302, "BlockedByPeer");
      return;
    }
    int times = fate == Fate.LOST ? 0 : fate == Fate.PUSHED_TWICE ? 2 : 1;
    FakeLog.Appended appended = log.append(message, this::push, times);
    MsgData stored = appended.message();
    gateway.answer(
        request,
        SendMsgResp.newBuilder()
            .setClientMsgID(message.getClientMsgID())
            .setServerMsgID(stored.getServerMsgID())
            .setSendTime(stored.getSendTime())
            .build());
  }

  private void push(MsgData message) {
    PushMessages push =
        PushMessages.newBuilder()
            .putMsgs(FakeLog.conversation(message), PullMsgs.newBuilder().addMsgs(message).build())
            .build();
    for (String userId : log.recipients(message)) {
      FakeGateway gateway = online.get(userId);
      if (gateway != null) {
        try {
          gateway.push(ReqId.PUSH_MSG, push);
        } catch (IOException gone) {
          online.remove(userId, gateway);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    rest.close();
    sockets.close();
  }
}
