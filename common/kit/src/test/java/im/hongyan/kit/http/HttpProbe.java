package im.hongyan.kit.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import im.hongyan.kit.net.ClientAddresses;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * A connection in memory, built as the server builds it, with a clock of its own and a handler that
 * answers when it is told to. Whatever a client sends, {@link #finish} fails unless
 *
 * <ul>
 *   <li>no exception leaves the pipeline, and no handler failed;
 *   <li>all that is written is whole answers, each with a status that the server knows, and nothing
 *       after the last one;
 *   <li>every request that reached the handler has its answer, unless the client left or was too
 *       slow;
 *   <li>the connection ends once its time limits have passed;
 *   <li>every buffer is freed, to the byte, and nothing is left in the budgets.
 * </ul>
 *
 * <p>For use by one thread.
 */
public final class HttpProbe {
  /** Bodies above this are refused. */
  public static final int MAX_BODY_BYTES = 100_000;

  private static final Set<Integer> STATUSES =
      Set.of(200, 301, 307, 400, 404, 413, 414, 417, 429, 431, 503);

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

  /** Longer than each limit of time. */
  private static final Duration LONG = Duration.ofSeconds(80);

  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();
  private static final HttpMemory MEMORY =
      new HttpMemory(MAX_BODY_BYTES, 400_000, 300_000, 1 << 20);

  private static final HttpServerConfig CONFIG =
      new HttpServerConfig(
          new InetSocketAddress(0),
          MEMORY,
          Optional.empty(),
          ClientAddresses.ofPeers(),
          1,
          1,
          REQUEST_TIMEOUT,
          Compression.DEFAULT);

  private static final BodyBudget BODIES = new BodyBudget("bodies", MEMORY, METERS);
  private static final BodyBudget ANSWERS = new BodyBudget("answers", MEMORY, METERS);
  private static final ListAppender<ILoggingEvent> FAILURES = new ListAppender<>();
  private static final UnpooledByteBufAllocator ALLOCATOR;

  static {
    // Only this one counts by the byte; the build says the same, the fuzzer has no build around it.
    System.setProperty("io.netty.allocator.type", "unpooled");
    ALLOCATOR = (UnpooledByteBufAllocator) ByteBufAllocator.DEFAULT;
    FAILURES.start();
    ((Logger) LoggerFactory.getLogger("ROOT")).setLevel(Level.WARN);
    ((Logger) LoggerFactory.getLogger("im.hongyan")).setLevel(Level.WARN);
    ((Logger) LoggerFactory.getLogger("ROOT")).addAppender(FAILURES);
    // Netty's own constants are buffers too; they are made once.
    HttpProbe first = new HttpProbe(_ -> HttpResponse.text(200, "text/plain", "first"));
    first.send(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"
            .getBytes(StandardCharsets.US_ASCII),
        7);
    first.end();
  }

  private final long usedBefore = used();
  private final ClientEnd channel = new ClientEnd();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final List<String> handled = new ArrayList<>();
  private boolean answersLater;
  private boolean clientLeft;

  /**
   * An answer as it was written.
   *
   * @param head the status line and the headers
   */
  public record Answer(int status, String head, byte[] body) {}

  /** Opens a connection. */
  public HttpProbe(HttpHandler handler) {
    HttpServer.serve(
        channel.pipeline(),
        CONFIG,
        new HttpServer.Work(new Recording(handler), this::execute, BODIES, ANSWERS));
  }

  /** Notes what reaches the handler. */
  private final class Recording implements HttpHandler {
    private final HttpHandler handler;

    Recording(HttpHandler handler) {
      this.handler = handler;
    }

    @Override
    public HttpResponse handle(HttpRequest call) throws Exception {
      handled.add(call.method());
      check(call.body().length <= MAX_BODY_BYTES, "a body over the limit reached the handler");
      return handler.handle(call);
    }

    @Override
    public BodyAdmission admit(HttpRequest head) throws Exception {
      return handler.admit(head);
    }

    @Override
    public HttpResponse refuse(int status) {
      return handler.refuse(status);
    }
  }

  private void execute(Runnable task) {
    if (answersLater) {
      waiting.add(task);
      check(waiting.size() == 1, "two requests of a connection at once");
    } else {
      task.run();
    }
  }

  /** Lets the handler run at once from now on, or when it is told to. */
  public void answerLater(boolean later) {
    answersLater = later;
    if (!later) {
      answerWaiting();
    }
  }

  /** Lets the handler do what it has to do, if anything. */
  public void answerWaiting() {
    Runnable next = waiting.poll();
    if (next != null) {
      next.run();
      settle();
    }
  }

  /** Sends bytes in pieces of a size. */
  public void send(byte[] bytes, int pieceBytes) {
    for (int at = 0; at < bytes.length && channel.isOpen(); at += pieceBytes) {
      int length = Math.min(pieceBytes, bytes.length - at);
      channel.writeInbound(ALLOCATOR.buffer(length).writeBytes(bytes, at, length));
      settle();
    }
  }

  /** Lets time pass. */
  public void advance(Duration time) {
    channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    settle();
  }

  /** The client ends the connection. */
  public void leave() {
    clientLeft = true;
    channel.close();
    settle();
  }

  /** The server ends its connections, as when it stops. */
  public void drain() {
    channel.pipeline().fireUserEventTriggered(HttpExchange.LEAVE);
    settle();
  }

  private void settle() {
    channel.runPendingTasks();
    channel.checkException();
  }

  /** Ends the connection, and gives all that was answered. */
  public List<Answer> finish() {
    List<Answer> answers = end();
    check(used() == usedBefore, "lost " + (used() - usedBefore) + " bytes");
    return answers;
  }

  private List<Answer> end() {
    answerLater(false);
    while (!waiting.isEmpty()) {
      answerWaiting();
    }
    int inTime = channel.outboundMessages().size();
    advance(LONG);
    check(!channel.isOpen(), "the connection does not end");
    check(channel.outboundMessages().size() == inTime, "an answer came of itself");
    check(
        channel.writtenAtShut() < 0 || channel.writtenAtShut() == inTime,
        "something was written after the last answer");
    channel.finish();
    settle();
    List<Answer> answers = new AnswerParser(written(), handled).answers();
    check(FAILURES.list.isEmpty(), "something failed");
    for (Answer answer : answers) {
      check(STATUSES.contains(answer.status()), "an answer has status " + answer.status());
    }
    check(
        clientLeft || answers.size() >= handled.size(),
        handled.size() + " requests have " + answers.size() + " answers");
    for (String budget : List.of("bodies", "bodies_large", "answers", "answers_large")) {
      double left = METERS.get("budget_bytes").tag("budget", budget).gauge().value();
      check(left == 0, left + " bytes are left of the budget " + budget);
    }
    return answers;
  }

  private byte[] written() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      byte[] bytes = new byte[part.readableBytes()];
      part.readBytes(bytes);
      all.writeBytes(bytes);
      check(part.release() && part.refCnt() == 0, "a buffer is still held after it was written");
    }
    for (Object left = channel.readInbound(); left != null; left = channel.readInbound()) {
      check(false, "something reaches the end of the pipeline: " + left.getClass());
    }
    return all.toByteArray();
  }

  private static long used() {
    return ALLOCATOR.metric().usedDirectMemory() + ALLOCATOR.metric().usedHeapMemory();
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      AssertionError error = new AssertionError(otherwise);
      FAILURES.list.forEach(event ->
          error.addSuppressed(new AssertionError(event + " " + event.getThrowableProxy())));
      FAILURES.list.clear();
      throw error;
    }
  }
}
