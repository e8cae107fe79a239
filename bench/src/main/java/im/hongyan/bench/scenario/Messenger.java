package im.hongyan.bench.scenario;

import com.google.protobuf.ByteString;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.History;
import im.hongyan.bench.check.rule.LoggedOut;
import im.hongyan.bench.check.rule.Verdict;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.PushListener;
import im.hongyan.client.session.ReqId;
import im.hongyan.client.websocket.HandshakeRefusedException;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends a run's messages between its users and books what becomes of them. With a history everybody
 * follows the official rules and notes what it sees, one message in {@value #RESEND_EVERY} is sent
 * again under its id, and one user more is there to whom nobody writes. With persistence a message
 * is repeated under its id until it is acknowledged, and who loses the connection comes back with
 * the token of the start; this wants a history. {@link #send} is for one thread, the rest for any.
 * Closing it puts everybody offline.
 */
final class Messenger implements AutoCloseable {
  private static final int RESEND_EVERY = 25;
  private static final int READ_POSITIONS_EVERY = 40;
  private static final int TEXT = 101;
  private static final int FROM_USER = 100;

  private static final Pattern ERROR_CODE = Pattern.compile("\"errCode\":(\\d{1,9})");

  /** A text of usual length in the form that SDKs write. */
  private static final ByteString CONTENT =
      ByteString.copyFromUtf8(
          "{\"content\":\"The wild geese fly south when the first frost comes; will you write?\"}");

  private final Stage stage;
  private final Ledger ledger;
  private final @Nullable History history;
  private final @Nullable Persistence persistence;
  private final MessageNumbers numbers;
  private final Population people;
  private final AtomicReferenceArray<@Nullable Follower> followers;
  private final Set<String> opened = ConcurrentHashMap.newKeySet();

  /** A message on its way. */
  private record Outgoing(
      int from, MsgData message, String conversation, int number, Runnable over) {}

  private Messenger(
      Stage stage, @Nullable Persistence persistence, MessageNumbers numbers, Population people) {
    this.stage = stage;
    this.ledger = stage.ledger();
    this.history = stage.history();
    this.persistence = persistence;
    this.numbers = numbers;
    this.people = people;
    this.followers = new AtomicReferenceArray<>(people.size());
  }

  /** Registers the stage's users; nobody is online yet. */
  static Messenger registered(Stage stage, @Nullable Persistence persistence) throws IOException {
    if (persistence != null && stage.history() == null) {
      throw new IllegalArgumentException("clients that persist are watched");
    }
    MessageNumbers numbers = MessageNumbers.ofNewRun();
    int users = stage.users() + (stage.history() == null ? 0 : 1);
    String runId = "bench" + HexFormat.of().toHexDigits((int) numbers.runId());
    return new Messenger(
        stage, persistence, numbers, Population.registered(stage.target(), runId, users));
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
      follower = new Follower(id, history, message -> count(id, message), this::unanswered);
      followers.set(user, follower);
    }
    note(new Event.Connected(id));
    if (persistence == null) {
      follower.connected(people.login(user, follower::pushed));
      return;
    }
    GatewayConnection connection =
        people.login(user, persistence.watch(id, history, follower::pushed, () -> comeBack(user)));
    try {
      follower.connected(connection);
    } catch (IOException lost) {
      // Its end is reported to the watcher.
    }
  }

  private void comeBack(int user) {
    if (persistence != null) {
      persistence.untilDone(() -> {
        try {
          login(user);
        } catch (HandshakeRefusedException refused) {
          noteEndOfLogin(user, refused);
          throw refused;
        }
      });
    }
  }

  private void noteEndOfLogin(int user, HandshakeRefusedException refused) {
    Matcher code = ERROR_CODE.matcher(refused.body());
    if (code.find() && LoggedOut.endsLogin(Integer.parseInt(code.group(1)))) {
      note(new Event.LoggedOut(people.id(user), code.group(1)));
    }
  }

  /** As SDKs do, a client that persists begins anew on a fresh connection. */
  private void unanswered(GatewayConnection connection) {
    if (persistence != null) {
      Thread.startVirtualThread(connection::close);
    }
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
    send(new Outgoing(from, message.build(), conversation, number, over));
  }

  private void send(Outgoing out) {
    try {
      send(people.online(out.from()), out.message(), out.conversation(), out.number(), true)
          .whenComplete((_, failure) -> {
            if (failure == null) {
              out.over().run();
            } else {
              failed(out);
            }
          });
    } catch (IOException lost) {
      failed(out.number(), lost);
      failed(out);
    }
  }

  private void failed(Outgoing out) {
    if (persistence == null) {
      out.over().run();
    } else {
      persistence.later(() -> send(out));
    }
  }

  /** A message that is repeated is not given up. */
  private void failed(int number, Throwable cause) {
    if (persistence == null) {
      ledger.failed(number, String.valueOf(cause.getMessage()));
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
    CompletableFuture<SendMsgResp> pending =
        connection.send(ReqId.SEND_MSG, message, SendMsgResp.parser());
    return (persistence == null ? pending : persistence.bounded(pending))
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
        if (persistence == null) {
          ledger.refused(number, refusal.code() + " " + refusal.text());
        }
        note(new Event.Refused(sender, conversation, id, refusal.code()));
      }
      default -> failed(number, cause);
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
      if (number % READ_POSITIONS_EVERY == 0 && persistence == null) {
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

  /** Lets a user ask what it missed, as an app does that comes to the foreground. */
  void sync(int user) {
    Follower follower = followers.get(user);
    try {
      if (follower != null) {
        follower.sync();
      }
    } catch (IOException lost) {
      // The connection's end shows elsewhere.
    }
  }

  /** Ends everybody's connection, and returns once all are over; with persistence all come back. */
  void breakConnections() throws InterruptedException {
    for (int user = 0; user < people.size(); user++) {
      GatewayConnection connection = people.connection(user);
      if (connection != null) {
        connection.close();
        connection.awaitClosed();
      }
    }
  }

  /** Whether everybody has a connection. */
  boolean allOnline() {
    for (int user = 0; user < people.size(); user++) {
      GatewayConnection connection = people.connection(user);
      if (connection == null || !connection.isOpen()) {
        return false;
      }
    }
    return true;
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
    if (persistence != null) {
      persistence.close();
    }
    people.close();
  }
}
