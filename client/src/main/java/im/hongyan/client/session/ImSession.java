package im.hongyan.client.session;

import im.hongyan.client.websocket.HandshakeRefusedException;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A user who stays online: connects, reconnects with the SDK's pauses, pulls what was missed,
 * repairs gaps by seq, and sends with retry under one clientMsgID (client-sync.md 3, websocket.md
 * 8).
 *
 * <p>A virtual thread of the session owns connection and seqs and calls the handler; {@link #send}
 * may be called by any thread. The owner closes it.
 */
public final class ImSession implements AutoCloseable {
  /** Pauses between attempts to connect, in units of {@link #pauseUnit}. */
  private static final int[] PAUSES = {1, 2, 4, 8, 16};

  private static final int MAX_QUEUED_PUSHES = 100_000;

  /** What the session's thread works on, in order. */
  private sealed interface Event {
    record Pushed(PushMessages push) implements Event {}

    record Lost(String reason) implements Event {}
  }

  private final LoginOptions options;
  private final MessageHandler handler;
  private final Duration pauseUnit;
  private final SeqTracker tracker;
  private final Thread worker;
  private volatile @Nullable GatewayConnection connection;
  private volatile @Nullable String loggedOut;
  private volatile boolean closed;

  /**
   * Starts a session; it connects in the background.
   *
   * @param historyLimit how many messages of each conversation are pulled at first
   */
  public ImSession(LoginOptions options, long historyLimit, MessageHandler handler) {
    this(options, historyLimit, handler, Duration.ofSeconds(1));
  }

  /**
   * As above, with other pauses than the SDK's.
   *
   * @param pauseUnit length of the SDK's second
   */
  public ImSession(
      LoginOptions options, long historyLimit, MessageHandler handler, Duration pauseUnit) {
    this.options = options;
    this.handler = handler;
    this.pauseUnit = pauseUnit;
    this.tracker =
        new SeqTracker(
            options.userId(),
            historyLimit,
            request ->
                connected().request(ReqId.PULL_BY_RANGE, request, PullMessageBySeqsResp.parser()),
            handler);
    this.worker = Thread.ofVirtual().name("im-session-" + options.userId()).start(this::run);
  }

  /**
   * Sends a message and waits for the server's acknowledgement. Lost connections and missing
   * answers are retried with the same clientMsgID, so that the message is stored once.
   *
   * @param message an empty clientMsgID is filled in
   * @param timeout how long to go on retrying
   * @throws ImException when the server refuses the message; 500 is retried
   * @throws IOException when no acknowledgement came in time; whether it was stored is unknown
   */
  public SendMsgResp send(MsgData message, Duration timeout)
      throws IOException, InterruptedException {
    MsgData stamped =
        message.getClientMsgID().isEmpty()
            ? message.toBuilder().setClientMsgID(MessageIds.next()).build()
            : message;
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        return connected().request(ReqId.SEND_MSG, stamped, SendMsgResp.parser());
      } catch (IOException unknownOutcome) {
        if (loggedOut != null || closed || System.nanoTime() - deadline >= 0) {
          throw unknownOutcome;
        }
      } catch (ImException refused) {
        if (refused.code() != 500 || System.nanoTime() - deadline >= 0) {
          throw refused;
        }
      }
      TimeUnit.NANOSECONDS.sleep(pauseUnit.toNanos() / 2);
    }
  }

  private GatewayConnection connected() throws IOException {
    GatewayConnection current = connection;
    if (current == null) {
      throw new IOException(loggedOut == null ? "not connected" : "logged out: " + loggedOut);
    }
    return current;
  }

  private void run() {
    int failures = 0;
    try {
      while (!closed && loggedOut == null) {
        try {
          Listener listener = new Listener();
          connection = GatewayConnection.open(options, listener);
          failures = 0;
          syncAll();
          handler.onSynced();
          work(listener.events);
        } catch (HandshakeRefusedException refused) {
          judge(refused);
        } catch (IOException | ImException lost) {
          handler.onDisconnected(String.valueOf(lost.getMessage()));
        }
        drop();
        if (!closed && loggedOut == null) {
          TimeUnit.NANOSECONDS.sleep(pauseUnit.toNanos() * PAUSES[failures++ % PAUSES.length]);
        }
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    } finally {
      drop();
    }
  }

  private void drop() {
    GatewayConnection current = connection;
    connection = null;
    if (current != null) {
      current.close();
    }
  }

  /** Only 1501 to 1507 are final; anything else is tried again. */
  private void judge(HandshakeRefusedException refused) {
    try {
      ApiEnvelope.read(
          refused.body().getBytes(StandardCharsets.UTF_8), PullMsgs.getDefaultInstance());
    } catch (ImException coded) {
      if (coded.code() >= 1501 && coded.code() <= 1507) {
        logOut(coded.text());
        return;
      }
    } catch (GoJsonException noEnvelope) {
      // A proxy's page; the pause below is the answer to it.
    }
    handler.onDisconnected(String.valueOf(refused.getMessage()));
  }

  private void logOut(String reason) {
    loggedOut = reason;
    handler.onLoggedOut(reason);
  }

  private void syncAll() throws IOException {
    GetMaxSeqResp answer =
        connected()
            .request(
                ReqId.GET_MAX_SEQ,
                GetMaxSeqReq.newBuilder().setUserID(options.userId()).build(),
                GetMaxSeqResp.parser());
    for (Map.Entry<String, Long> entry : new TreeMap<>(answer.getMaxSeqsMap()).entrySet()) {
      tracker.catchUp(entry.getKey(), entry.getValue());
    }
  }

  private void work(BlockingQueue<Event> events) throws InterruptedException, IOException {
    while (!closed && loggedOut == null) {
      switch (events.take()) {
        case Event.Pushed pushed -> {
          for (Map.Entry<String, PullMsgs> entry : pushed.push().getMsgsMap().entrySet()) {
            tracker.accept(entry.getKey(), entry.getValue());
          }
          for (Map.Entry<String, PullMsgs> entry :
              pushed.push().getNotificationMsgsMap().entrySet()) {
            tracker.accept(entry.getKey(), entry.getValue());
          }
        }
        case Event.Lost lost -> {
          handler.onDisconnected(lost.reason());
          return;
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    worker.interrupt();
    drop();
  }

  /** Hands what the connection's thread sees to the session's thread; one for each connection. */
  private final class Listener implements PushListener {
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(MAX_QUEUED_PUSHES);

    @Override
    public void onPush(PushMessages push) {
      if (!events.offer(new Event.Pushed(push))) {
        // Too far behind: a fresh connection pulls the rest in bulk.
        drop();
      }
    }

    @Override
    public void onKicked() {
      logOut("kicked");
    }

    @Override
    public void onClosed(int code, String reason) {
      events.clear();
      if (!events.offer(new Event.Lost(code + " " + reason))) {
        throw new IllegalStateException("an emptied queue takes an event");
      }
    }
  }
}
