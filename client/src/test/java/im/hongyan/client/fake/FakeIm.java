package im.hongyan.client.fake;

import im.hongyan.client.session.FakeGateway;
import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.client.session.ReqId;
import im.hongyan.client.websocket.FakeWsServer;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.frame.MalformedFrameException;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.id.ConversationId;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A whole server for tests, in memory, gob and gzip: any user that was registered may log in, one
 * to one messages get seqs, are kept, and are pushed to both sides. What becomes of a message is
 * the test's word. Its creator closes it.
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
  private final FakeRest rest = new FakeRest();
  private final FakeLog log = new FakeLog();
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
    push(log.append(message));
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
    try {
      if (!rest.knows(userId)) {
        peer.refuse(200, "{\"errCode\":1507,\"errMsg\":\"TokenNotExistError\",\"errDlt\":\"\"}");
        return;
      }
      FakeGateway gateway = new FakeGateway(peer.upgrade(), Encoding.GOB_GZIP);
      online.put(userId, gateway);
      while (true) {
        handle(gateway, gateway.read());
      }
    } catch (IOException | MalformedFrameException over) {
      online.remove(userId);
    }
  }

  private void handle(FakeGateway gateway, RequestFrame request) throws IOException {
    switch (request.reqIdentifier()) {
      case ReqId.SEND_MSG -> send(gateway, request);
      case ReqId.GET_MAX_SEQ ->
          gateway.answer(
              request,
              GetMaxSeqResp.newBuilder()
                  .putAllMaxSeqs(log.maxSeqs(GetMaxSeqReq.parseFrom(request.data()).getUserID()))
                  .build());
      case ReqId.PULL_BY_RANGE -> gateway.answer(request, pull(request));
      default -> gateway.fail(request, 1001, "ArgsError");
    }
  }

  private PullMessageBySeqsResp pull(RequestFrame request) throws IOException {
    PullMessageBySeqsResp.Builder answer = PullMessageBySeqsResp.newBuilder();
    for (var range : PullMessageBySeqsReq.parseFrom(request.data()).getSeqRangesList()) {
      List<MsgData> all = log.all(range.getConversationID());
      int end = (int) Math.min(all.size(), range.getEnd());
      PullMsgs messages =
          PullMsgs.newBuilder()
              .addAllMsgs(all.subList((int) Math.max(0, range.getBegin() - 1), end))
              .build();
      answer.putMsgs(range.getConversationID(), messages);
    }
    return answer.build();
  }

  private void send(FakeGateway gateway, RequestFrame request) throws IOException {
    MsgData message = MsgData.parseFrom(request.data());
    Fate fate = fates.apply(message);
    if (fate == Fate.REFUSED) {
      gateway.fail(request, 1302, "BlockedByPeer");
      return;
    }
    MsgData stored = log.append(message);
    gateway.answer(
        request, SendMsgResp.newBuilder().setClientMsgID(message.getClientMsgID()).build());
    for (int i = 0; i < (fate == Fate.LOST ? 0 : fate == Fate.PUSHED_TWICE ? 2 : 1); i++) {
      push(stored);
    }
  }

  private void push(MsgData message) throws IOException {
    PushMessages push =
        PushMessages.newBuilder()
            .putMsgs(FakeLog.conversation(message), PullMsgs.newBuilder().addMsgs(message).build())
            .build();
    for (String userId : List.of(message.getSendID(), message.getRecvID())) {
      FakeGateway gateway = online.get(userId);
      if (gateway != null) {
        gateway.push(ReqId.PUSH_MSG, push);
      }
    }
  }

  @Override
  public void close() throws IOException {
    rest.close();
    sockets.close();
  }
}
