package im.hongyan.standalone;

import com.google.protobuf.ByteString;
import im.hongyan.client.session.ImSession;
import im.hongyan.client.session.MessageHandler;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Users who write to each other at random, through sessions that reconnect and resend. Keeps every
 * acknowledgement and everything that each of them was shown.
 */
final class Chatter implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofMinutes(4);
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final int SENDERS_PER_USER = 4;

  private final List<String> users = new ArrayList<>();
  private final Map<String, ImSession> sessions = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Queue<Long>>> shown = new ConcurrentHashMap<>();
  private final Queue<Acked> acked = new ConcurrentLinkedQueue<>();
  private final AtomicInteger ackCount = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** A message and what the server answered. */
  record Acked(String conversation, MsgData sent, SendMsgResp answer) {}

  /** Registers and connects so many users. */
  Chatter(SystemAddress system, int count) {
    for (int i = 0; i < count; i++) {
      String user = "chatter" + i;
      users.add(user);
      shown.put(user, new ConcurrentHashMap<>());
      sessions.put(
          user,
          new ImSession(
              system.login(user, Platform.ANDROID), Long.MAX_VALUE, new Shown(user), PAUSE));
    }
  }

  private final class Shown implements MessageHandler {
    private final Map<String, Queue<Long>> seqs;

    Shown(String user) {
      seqs = java.util.Objects.requireNonNull(shown.get(user));
    }

    @Override
    public void onMessage(String conversationId, MsgData message) {
      seqs.computeIfAbsent(conversationId, id -> new ConcurrentLinkedQueue<>())
          .add(message.getSeq());
    }
  }

  /** Begins to send; the future ends when all are acknowledged, or with the first failure. */
  CompletableFuture<Void> send(int messages, long seed) {
    Random random = new Random(seed);
    int perSender = messages / users.size() / SENDERS_PER_USER;
    List<CompletableFuture<Void>> senders = new ArrayList<>();
    for (String user : users) {
      for (int i = 0; i < SENDERS_PER_USER; i++) {
        Random own = new Random(random.nextLong());
        senders.add(CompletableFuture.runAsync(() -> sendAll(user, perSender, own), threads));
      }
    }
    return CompletableFuture.allOf(senders.toArray(CompletableFuture[]::new));
  }

  private void sendAll(String user, int messages, Random random) {
    ImSession session = java.util.Objects.requireNonNull(sessions.get(user));
    for (int i = 0; i < messages; i++) {
      String peer = users.get(random.nextInt(users.size()));
      if (peer.equals(user)) {
        continue;
      }
      MsgData message =
          MsgData.newBuilder()
              .setSendID(user)
              .setRecvID(peer)
              .setClientMsgID(MessageIds.next())
              .setSessionType(1)
              .setMsgFrom(100)
              .setContentType(101)
              .setContent(ByteString.copyFromUtf8("{\"content\":\"" + i + "\"}"))
              .build();
      try {
        SendMsgResp answer = session.send(message, TIMEOUT);
        acked.add(new Acked(ConversationId.single(user, peer).value(), message, answer));
        ackCount.incrementAndGet();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  /** Acknowledgements so far. */
  int ackCount() {
    return ackCount.get();
  }

  /** Everything acknowledged. */
  List<Acked> acked() {
    return List.copyOf(acked);
  }

  /** The seqs that a user was shown in a conversation, in that order. */
  List<Long> shown(String user, String conversation) {
    Queue<Long> seqs = shown.getOrDefault(user, Map.of()).get(conversation);
    return seqs == null ? List.of() : List.copyOf(seqs);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    sessions.values().forEach(ImSession::close);
  }
}
