package im.hongyan.bench.scenario;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.History;
import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A user's client by the official rules (websocket.md 8.4, 8.5), which notes what it sees: pushes
 * that follow what it knows are taken, a gap is pulled, and the end of a pulled range counts as
 * synced whatever came back. One thing at a time: pushes wait while a pull is under way, and until
 * the answer to the 1001 after each login.
 *
 * <p>Unlike the SDK it pulls a gap whole. Safe for use by several threads; never blocks.
 */
final class Follower {
  private final String userId;
  private final History history;
  private final Consumer<MsgData> shown;
  private final Consumer<GatewayConnection> unanswered;
  private final Map<String, Long> synced = new HashMap<>();
  private final Queue<PushMessages> waiting = new ArrayDeque<>();
  private @Nullable GatewayConnection connection;
  private @Nullable Seen latest;
  private int asking;

  /** How far a conversation is known. */
  record Seen(String conversation, long seq) {}

  /**
   * Creates the client of a user.
   *
   * @param shown gets each message that its user would see
   * @param unanswered gets the connection on which a 1001 or a pull has failed
   */
  Follower(
      String userId,
      History history,
      Consumer<MsgData> shown,
      Consumer<GatewayConnection> unanswered) {
    this.userId = userId;
    this.history = history;
    this.shown = shown;
    this.unanswered = unanswered;
  }

  /** The user is online; asks what was missed. */
  synchronized void connected(GatewayConnection now) throws IOException {
    connection = now;
    asking = 0;
    askMaxSeqs(now);
  }

  /** Asks again what was missed, unless something is being asked; not while offline. */
  synchronized void sync() throws IOException {
    GatewayConnection now = connection;
    if (now != null && asking == 0) {
      askMaxSeqs(now);
    }
  }

  private void askMaxSeqs(GatewayConnection now) throws IOException {
    asking++;
    now.send(
            ReqId.GET_MAX_SEQ,
            GetMaxSeqReq.newBuilder().setUserID(userId).build(),
            GetMaxSeqResp.parser())
        .whenComplete((answer, failure) -> answered(now, failure == null ? answer : null));
  }

  /** The user is offline; what waits is forgotten, as in an app that is closed. */
  synchronized void disconnected() {
    connection = null;
    waiting.clear();
  }

  /** A push has come. */
  synchronized void pushed(PushMessages push) {
    waiting.add(push);
    work();
  }

  /** The conversation in which a message was last pushed, and how far it is known. */
  synchronized @Nullable Seen latest() {
    return latest;
  }

  private synchronized void answered(GatewayConnection asked, @Nullable GetMaxSeqResp answer) {
    if (asked != connection) {
      return;
    }
    asking--;
    if (answer != null) {
      history.add(new Event.MaxSeqs(userId, answer.getMaxSeqsMap()));
      answer
          .getMaxSeqsMap()
          .forEach((conversation, max) -> {
            if (max > synced(conversation)) {
              pull(asked, conversation, synced(conversation) + 1, max);
            }
          });
    } else {
      unanswered.accept(asked);
    }
    work();
  }

  private void work() {
    while (connection != null && asking == 0) {
      PushMessages push = waiting.poll();
      if (push == null) {
        return;
      }
      push.getMsgsMap().forEach((id, messages) -> take(id, messages.getMsgsList()));
      push.getNotificationMsgsMap().forEach((id, messages) -> take(id, messages.getMsgsList()));
    }
  }

  private void take(String conversation, List<MsgData> messages) {
    history.add(new Event.Pushed(userId, conversation, messages.stream().map(Copy::of).toList()));
    List<MsgData> counted = messages.stream().filter(message -> message.getSeq() > 0).toList();
    if (counted.isEmpty()) {
      return;
    }
    long last = counted.getLast().getSeq();
    long known = synced(conversation);
    GatewayConnection now = connection;
    if (last == known + counted.size()) {
      synced.put(conversation, last);
      latest = new Seen(conversation, last);
      counted.forEach(shown);
    } else if (last > known && now != null) {
      pull(now, conversation, known + 1, last);
    }
  }

  private long synced(String conversation) {
    return synced.getOrDefault(conversation, 0L);
  }

  private void pull(GatewayConnection now, String conversation, long begin, long end) {
    long askedAt = history.next();
    asking++;
    try {
      now.send(
              ReqId.PULL_BY_RANGE,
              Pulls.range(userId, conversation, begin, end),
              PullMessageBySeqsResp.parser())
          .whenComplete((answer, failure) ->
              pulled(
                  now,
                  Pulls.event(userId, conversation, begin, end, askedAt, answer),
                  failure == null ? Pulls.messages(answer, conversation) : null));
    } catch (IOException lost) {
      asking--;
    }
  }

  private synchronized void pulled(
      GatewayConnection asked, Event.Pulled event, @Nullable PullMsgs messages) {
    if (asked != connection) {
      return;
    }
    asking--;
    if (messages != null) {
      history.add(event);
      long known = synced(event.conversation());
      synced.put(event.conversation(), Math.max(known, event.end()));
      for (MsgData message : messages.getMsgsList()) {
        if (message.getSeq() > known && !Copy.of(message).isPlaceholder()) {
          shown.accept(message);
        }
      }
    } else {
      unanswered.accept(asked);
    }
    work();
  }
}
