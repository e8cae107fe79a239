package im.hongyan.bench.scenario;

import com.google.protobuf.ByteString;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.History;
import im.hongyan.bench.check.Verdict;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.PushListener;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Sends a run's messages between its users and books what becomes of them. With a history everybody
 * follows the official rules and notes what it sees, one message in {@value #RESEND_EVERY} is sent
 * again under its id, and one user more is there to whom nobody writes. {@link #send} is for one
 * thread, the rest for any. Closing it puts everybody offline.
 */
final class Messenger implements AutoCloseable {
  private static final int RESEND_EVERY = 25;
  private static final int READ_POSITIONS_EVERY = 40;
  private static final int TEXT = 101;
  private static final int FROM_USER = 100;

  /** A text of usual length in the form that SDKs write. */
  private static final ByteString CONTENT =
      ByteString.copyFromUtf8(
          "{\"content\":\"The wild geese fly south when the first frost comes; will you write?\"}");

  private final Stage stage;
  private final Ledger ledger;
  private final @Nullable History history;
  private final MessageNumbers numbers;
  private final Population people;
  private final AtomicReferenceArray<@Nullable Follower> followers;
  private final Set<String> opened = ConcurrentHashMap.newKeySet();

  private Messenger(Stage stage, MessageNumbers numbers, Population people) {
    this.stage = stage;
    this.ledger = stage.ledger();
    this.history = stage.history();
    this.numbers = numbers;
    this.people = people;
    this.followers = new AtomicReferenceArray<>(people.size());
  }

  /** Registers the stage's users; nobody is online yet. */
  static Messenger registered(Stage stage) throws IOException {
    MessageNumbers numbers = MessageNumbers.ofNewRun();
    int users = stage.users() + (stage.history() == null ? 0 : 1);
    String runId = "bench" + HexFormat.of().toHexDigits((int) numbers.runId());
    return new Messenger(stage, numbers, Population.registered(stage.target(), runId, users));
  }

  Population people() {
    return people;
  }

  /** Puts users from one index to before another online, some at a time. */
  void loginAll(int from, int to) throws IOException, InterruptedException {
    Parallel.forUsers(from, to, this::login);
  }

  /** Puts a user online. */
  void login(int user) throws IOException {
    String id = people.id(user);
    if (history == null) {
      people.login(user, (PushListener) push -> count(id, push));
      return;
    }
    Follower follower = followers.get(user);
    if (follower == null) {
      follower = new Follower(id, history, message -> count(id, message));
      followers.set(user, follower);
    }
    follower.connected(people.login(user, follower::pushed));
  }

  /** Puts a user offline. */
  void logout(int user) {
    Follower follower = followers.get(user);
    if (follower != null) {
      follower.disconnected();
    }
    people.logout(user);
  }

  /** What a user's client has seen; null without a history, or before its first login. */
  @Nullable Follower follower(int user) {
    return followers.get(user);
  }

  private void count(String userId, PushMessages push) {
    for (PullMsgs messages : push.getMsgsMap().values()) {
      for (MsgData message : messages.getMsgsList()) {
        count(userId, message);
      }
    }
  }

  /** The copy that the sender gets does not count. */
  private void count(String userId, MsgData message) {
    if (!message.getSendID().equals(userId)) {
      ledger.received(numbers.number(message.getClientMsgID()));
    }
  }

  /**
   * Sends a message without waiting for its answer.
   *
   * @param receivers how many receipts are wanted
   */
  void send(int from, Address to, long dueNanos, int receivers) {
    send(from, to, dueNanos, receivers, () -> {});
  }

  /** As above; {@code over} is run once the message is answered, or will not be. */
  void send(int from, Address to, long dueNanos, int receivers, Runnable over) {
    int number = ledger.open(dueNanos, receivers);
    String sender = people.id(from);
    MsgData.Builder message =
        MsgData.newBuilder()
            .setSendID(sender)
            .setClientMsgID(numbers.id(number))
            .setSenderPlatformID(people.platform().number())
            .setMsgFrom(FROM_USER)
            .setContentType(TEXT)
            .setContent(CONTENT)
            .setCreateTime(System.currentTimeMillis());
    to.fill(message);
    String conversation = to.conversation(sender);
    if (history != null && opened.add(conversation)) {
      history.add(new Event.Opened(sender, conversation, to.participants(sender)));
    }
    try {
      send(people.online(from), message.build(), conversation, number, true)
          .whenComplete((_, _) -> over.run());
    } catch (IOException lost) {
      ledger.failed(number, String.valueOf(lost.getMessage()));
      over.run();
    }
  }

  private CompletableFuture<SendMsgResp> send(
      GatewayConnection connection,
      MsgData message,
      String conversation,
      int number,
      boolean firstTime)
      throws IOException {
    note(new Event.Sent(message.getSendID(), conversation, message.getClientMsgID()));
    return connection
        .send(ReqId.SEND_MSG, message, SendMsgResp.parser())
        .whenComplete((answer, failure) -> {
          answered(message, conversation, number, answer, failure);
          if (firstTime && failure == null && history != null) {
            probe(connection, message, conversation, number);
          }
        });
  }

  private void answered(
      MsgData message,
      String conversation,
      int number,
      @Nullable SendMsgResp answer,
      @Nullable Throwable failure) {
    String sender = message.getSendID();
    String id = message.getClientMsgID();
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    switch (cause) {
      case null -> {
        ledger.acknowledged(number);
        if (answer != null) {
          note(
              new Event.Acknowledged(
                  sender, conversation, id, answer.getServerMsgID(), answer.getSendTime()));
        }
      }
      case ImException refusal -> {
        ledger.refused(number, refusal.code() + " " + refusal.text());
        note(new Event.Refused(sender, conversation, id, refusal.code()));
      }
      default -> ledger.failed(number, String.valueOf(cause.getMessage()));
    }
  }

  private void note(Event event) {
    if (history != null) {
      history.add(event);
    }
  }

  /** Now and then sends the message again, or asks for the sender's read positions. */
  private void probe(
      GatewayConnection connection, MsgData message, String conversation, int number) {
    String sender = message.getSendID();
    try {
      if (number % RESEND_EVERY == 0) {
        send(connection, message, conversation, number, false).exceptionally(_ -> null);
      }
      if (number % READ_POSITIONS_EVERY == 0) {
        connection
            .send(
                ReqId.READ_AND_MAX_SEQ,
                Audit.readPositionsOf(sender),
                GetConversationsHasReadAndMaxSeqResp.parser())
            .whenComplete((answer, failure) -> {
              if (failure == null) {
                note(Audit.readPositions(sender, answer));
              }
            });
      }
    } catch (IOException lost) {
      // The connection's end shows elsewhere; a probe more or less does not matter.
    }
  }

  /** Lets everybody pull everything, and judges; null without a history. */
  @Nullable Verdict audit() throws IOException, InterruptedException {
    History seen = history;
    if (seen == null) {
      return null;
    }
    Audit audit = new Audit(seen);
    int outsider = stage.users();
    Parallel.forUsers(
        0,
        people.size(),
        user -> {
          if (people.connection(user) == null) {
            login(user);
          }
          audit.readAll(people.id(user), people.online(user));
        });
    audit.tryAsOutsider(people.id(outsider), people.online(outsider));
    return Verdict.of(seen);
  }

  @Override
  public void close() {
    people.close();
  }
}
