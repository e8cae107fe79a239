package im.hongyan.standalone.chat;

import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.ImSession;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.MessageHandler;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageSource;
import im.hongyan.wire.notification.NotificationType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One conversation in a terminal: the thread that runs it reads and sends lines, one after the
 * other; the session's thread prints what arrives.
 *
 * @param api the REST API, for the commands
 * @param linger how long arrivals are printed after the end of input
 * @param zone of the times printed
 */
record Chat(LoginOptions login, URI api, String peerId, Duration linger, ZoneId zone) {
  private static final int HISTORY = 20;
  private static final Duration SEND_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

  /**
   * Chats until {@code /quit} or the end of input.
   *
   * @return whether every line was acknowledged or done
   * @throws Login.FailedException when the server cannot be used at all
   */
  boolean run(BufferedReader in, PrintWriter out)
      throws IOException, InterruptedException, Login.FailedException {
    Printer printer = new Printer(out);
    try (RestClient rest = new RestClient(api);
        ImSession session = new ImSession(login, HISTORY, printer)) {
      ChatCommands commands = new ChatCommands(rest, login, printer::note);
      printer.awaitSynced();
      boolean allAcknowledged = true;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.strip().equals("/quit")) {
          return allAcknowledged;
        }
        if (commands.owns(line)) {
          allAcknowledged &= commands.run(line);
        } else if (!line.isBlank()) {
          allAcknowledged &= send(session, line, printer);
        }
      }
      printer.awaitLoggedOut(linger);
      return allAcknowledged;
    }
  }

  private boolean send(ImSession session, String text, Printer printer)
      throws InterruptedException {
    String clientMsgId = MessageIds.next();
    printer.own.add(clientMsgId);
    MsgData message =
        MsgData.newBuilder()
            .setSendID(login.userId())
            .setRecvID(peerId)
            .setClientMsgID(clientMsgId)
            .setSenderPlatformID(login.platform().number())
            .setSessionType(SessionType.SINGLE.number())
            .setMsgFrom(MessageSource.USER)
            .setContentType(ContentType.TEXT)
            .setContent(TextContent.write(text))
            .setCreateTime(System.currentTimeMillis())
            .build();
    try {
      session.send(message, SEND_TIMEOUT);
      return true;
    } catch (ImException refused) {
      printer.note("not sent, " + Login.describe(refused) + ": " + text);
    } catch (IOException unknown) {
      printer.note("not acknowledged, " + Login.reason(unknown) + ": " + text);
    }
    return false;
  }

  /** Prints what the session reports; its thread and the chat's use it. */
  private final class Printer implements MessageHandler {
    private final PrintWriter out;
    private final ChatLine line = new ChatLine(zone);
    private final String conversation = ConversationId.single(login.userId(), peerId).value();
    private final Set<String> own = ConcurrentHashMap.newKeySet();

    /** What came of the first attempt: nothing to complain about, or why it failed. */
    private final CompletableFuture<Optional<String>> start = new CompletableFuture<>();

    private final CompletableFuture<Void> loggedOut = new CompletableFuture<>();

    private Printer(PrintWriter out) {
      this.out = out;
    }

    private void note(String text) {
      out.println("-- " + ChatLine.harmless(text));
      out.flush();
    }

    @Override
    public void onMessage(String conversationId, MsgData message) {
      if (message.getContentType() == NotificationType.FRIEND_APPLICATION_ADDED.contentType()
          && message.getRecvID().equals(login.userId())) {
        String from = message.getSendID();
        note(from + " wants to be your friend; /accept " + from + " or /refuse " + from);
        return;
      }
      if (conversationId.equals(conversation) && !own.remove(message.getClientMsgID())) {
        out.println(line.of(message));
        out.flush();
      }
    }

    @Override
    public void onSynced() {
      if (!start.complete(Optional.empty())) {
        note("connected again");
      }
    }

    @Override
    public void onDisconnected(String reason) {
      if (!start.complete(Optional.of(reason))) {
        note("connection lost (" + reason + "), trying again");
      }
    }

    @Override
    public void onLoggedOut(String reason) {
      if (!start.complete(Optional.of("logged out: " + reason))) {
        note("logged out: " + reason);
      }
      loggedOut.complete(null);
    }

    private void awaitSynced() throws InterruptedException, Login.FailedException {
      try {
        Optional<String> problem = start.get(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        if (problem.isPresent()) {
          throw new Login.FailedException(
              "cannot chat over " + login.gateway() + ": " + problem.get());
        }
      } catch (ExecutionException impossible) {
        throw new IllegalStateException("problems are values here", impossible);
      } catch (TimeoutException silent) {
        throw new Login.FailedException(login.gateway() + " does not answer");
      }
    }

    private void awaitLoggedOut(Duration longest) throws InterruptedException {
      try {
        loggedOut.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException stillThere) {
        // The usual end.
      } catch (ExecutionException impossible) {
        throw new IllegalStateException("a log-out has no failure", impossible);
      }
    }
  }
}
