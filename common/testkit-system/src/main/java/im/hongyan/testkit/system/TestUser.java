package im.hongyan.testkit.system;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.PushListener;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.proto.sdkws.SubUserOnlineStatus;
import im.hongyan.proto.sdkws.SubUserOnlineStatusElem;
import im.hongyan.proto.sdkws.SubUserOnlineStatusTips;
import im.hongyan.wire.id.MessageIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One device of a user: a connection, and what was pushed to it. Its creator closes it. */
public final class TestUser implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 30;
  private static final int SINGLE = 1;
  private static final int TEXT = 101;
  private static final int FROM_USER = 100;

  private final LoginOptions options;
  private final BlockingQueue<Pushed> pushes = new LinkedBlockingQueue<>();
  private final BlockingQueue<SubUserOnlineStatusElem> statuses = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  private final GatewayConnection connection;

  /** A message as it was pushed. */
  public record Pushed(String conversationId, MsgData message) {}

  /** Connects. */
  public TestUser(LoginOptions options) {
    this.options = options;
    try {
      connection = GatewayConnection.open(options, new Listener());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Listener implements PushListener {
    @Override
    public void onPush(PushMessages push) {
      push.getMsgsMap().forEach(this::add);
      push.getNotificationMsgsMap().forEach(this::add);
    }

    private void add(String conversationId, PullMsgs messages) {
      messages.getMsgsList().forEach(message -> pushes.add(new Pushed(conversationId, message)));
    }

    @Override
    public void onStatus(SubUserOnlineStatusTips tips) {
      statuses.addAll(tips.getSubscribersList());
    }

    @Override
    public void onKicked() {
      ends.add("kicked");
    }

    @Override
    public void onClosed(int code, String reason) {
      ends.add("closed " + code);
    }
  }

  /** The user's id. */
  public String id() {
    return options.userId();
  }

  /** A text message to a peer, as an SDK makes it. */
  public MsgData text(String peer, String text) {
    return MsgData.newBuilder()
        .setSendID(id())
        .setRecvID(peer)
        .setClientMsgID(MessageIds.next())
        .setSenderPlatformID(options.platform().number())
        .setSessionType(SINGLE)
        .setMsgFrom(FROM_USER)
        .setContentType(TEXT)
        .setContent(ByteString.copyFromUtf8("{\"content\":\"" + text + "\"}"))
        .setCreateTime(System.currentTimeMillis())
        .setStatus(1)
        .build();
  }

  /** Sends a message (1003). */
  public SendMsgResp send(MsgData message) {
    return request(ReqId.SEND_MSG, message, SendMsgResp.parser());
  }

  /** Sends a request and waits for its answer. */
  public <M extends Message> M request(int id, Message payload, Parser<M> answer) {
    try {
      return connection.request(id, payload, answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pulls a range of a conversation (1002). */
  public List<MsgData> pull(String conversationId, long begin, long end) {
    PullMessageBySeqsResp answer =
        request(
            ReqId.PULL_BY_RANGE,
            PullMessageBySeqsReq.newBuilder()
                .setUserID(id())
                .addSeqRanges(
                    SeqRange.newBuilder()
                        .setConversationID(conversationId)
                        .setBegin(begin)
                        .setEnd(end)
                        .setNum(end - begin + 1))
                .build(),
            PullMessageBySeqsResp.parser());
    PullMsgs none = PullMsgs.getDefaultInstance();
    return answer
        .getMsgsOrDefault(conversationId, answer.getNotificationMsgsOrDefault(conversationId, none))
        .getMsgsList();
  }

  /**
   * The next message that is pushed, other than this one: a gateway pushes a fresh connection the
   * newest message of a conversation, also when the client has it already.
   */
  public Pushed awaitPushBesides(MsgData seen) {
    Pushed next = awaitPush();
    return next.message().getClientMsgID().equals(seen.getClientMsgID()) ? awaitPush() : next;
  }

  /** The next message that is pushed. */
  public Pushed awaitPush() {
    return await(pushes, "a push to " + id());
  }

  /** Messages that were pushed and not yet taken. */
  public int waitingPushes() {
    return pushes.size();
  }

  /** Subscribes to a user's status (2005), which is then the first to be awaited. */
  public void subscribe(String userId) {
    request(
        ReqId.SUBSCRIBE_STATUS,
        SubUserOnlineStatus.newBuilder().addSubscribeUserID(userId).build(),
        SubUserOnlineStatusTips.parser());
  }

  /** The next status that arrives, by a reply or a push. */
  public SubUserOnlineStatusElem awaitStatus() {
    return await(statuses, "a status for " + id());
  }

  /** What has ended the connection and was not yet taken. */
  public int waitingEnds() {
    return ends.size();
  }

  /** What ended the connection: {@code kicked}, then {@code closed CODE}. */
  public String awaitEnd() {
    return await(ends, "the end of " + id());
  }

  private static <T> T await(BlockingQueue<T> queue, String what) {
    try {
      T next = queue.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("waited in vain for " + what);
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
