package im.hongyan.gatewayws.connection;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Loops;
import im.hongyan.gatewayws.metrics.EndReason;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.kit.limit.ByteRate;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.limit.RateLimit;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.JsonFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.Platform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * A connection in memory, from the upgrade on built as the server builds it, that is led through
 * what an input says: frames of every kind, bytes that are none, answers and pushes in between.
 * Whatever the input, {@link #run} fails unless
 *
 * <ul>
 *   <li>no exception leaves the pipeline or the loop, and nothing counts as a fault of ours;
 *   <li>every request that was taken gets its one answer, in order, up to the end of the
 *       connection;
 *   <li>all that is written is whole frames of at most 1 MiB, and nothing comes after a close;
 *   <li>every buffer is freed, to the byte.
 * </ul>
 *
 * <p>The first byte says the form (bits 0, 1), whether answers come later (2) and whether little
 * may wait (3). Then come steps: what to do (bits 0 to 3), whether its bytes wait for those of the
 * next step (4) or come singly (5) and whether the frame is the last of its message (6), a length,
 * bytes.
 */
final class InboundProbe implements RequestHandler {
  private static final RateLimit.Rate RATE = new RateLimit.Rate(1, 1_000_000);
  private static final int MAX_FRAME_BYTES = 51_200;
  private static final int MAX_INFLATED_BYTES = 1_048_576;
  private static final ByteRate.Rate ROOMY = new ByteRate.Rate(1L << 40, 1L << 40);
  private static final int MAX_WAITING_BYTES = 65_536;
  private static final String USER = "alice";
  private static final Set<Integer> KNOWN = Set.of(1001, 1002, 1003, 1005, 1007, 2003, 2004);
  private static final Timeouts TIMEOUTS =
      new Timeouts(
          Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(1));
  private static final GatewayMeters METERS = new GatewayMeters(new SimpleMeterRegistry());
  private static final LargeRequests LARGE =
      new LargeRequests(
          new LargeRequests.Most(ROOMY, ROOMY),
          Runnable::run,
          (nanos, task) -> {
            throw new AssertionError("nobody waits");
          },
          System::nanoTime,
          METERS.registry());
  private static final ListAppender<ILoggingEvent> FAILURES = new ListAppender<>();
  private static final UnpooledByteBufAllocator ALLOCATOR;

  static {
    // Only this one counts by the byte; the build says the same, the fuzzer has no build around it.
    System.setProperty("io.netty.allocator.type", "unpooled");
    ALLOCATOR = (UnpooledByteBufAllocator) ByteBufAllocator.DEFAULT;
    FAILURES.start();
    ((Logger) LoggerFactory.getLogger("ROOT")).setLevel(Level.WARN);
    ((Logger) LoggerFactory.getLogger(GatewayLoop.class)).addAppender(FAILURES);
    // Netty's own constants are buffers too; they are made once.
    new InboundProbe(0).finish();
  }

  private final FrameEncoding form;
  private final boolean answersLater;
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ClientConnection connection;
  private final OutboundCheck outbound;
  private final Deque<Runnable> unanswered = new ArrayDeque<>();
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private boolean mustEnd;
  private int requests;

  private InboundProbe(int how) {
    form = FrameEncoding.of((how & 1) != 0, (how & 2) != 0);
    answersLater = (how & 4) != 0;
    outbound = new OutboundCheck(form);
    if ((how & 8) != 0) {
      channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(64, 128));
    }
    GatewayLoop loop = Loops.roomy(channel.eventLoop(), TIMEOUTS.sweepMillis());
    connection =
        new ClientConnection(
            new ClientConnection.Identity("c", USER, Platform.WEB, form, ByteString.EMPTY, 1, null),
            channel,
            loop,
            METERS);
    upgrade(new Deadlines(loop, TIMEOUTS, METERS));
  }

  private void upgrade(Deadlines deadlines) {
    channel.pipeline().addLast(deadlines).addLast(new HttpServerCodec());
    var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
    request.headers().set("Upgrade", "websocket").set("Connection", "Upgrade");
    request.headers().set("Sec-WebSocket-Version", "13").set("Sec-WebSocket-Key", "a2V5");
    ConnectionPipeline.upgrade(channel, request, MAX_FRAME_BYTES);
    request.release();
    ByteBuf switching = channel.readOutbound();
    switching.release();
    ConnectionPipeline.serve(
        channel,
        new ConnectionHandler(
            connection,
            deadlines,
            new ConnectionHandler.Shared(
                this,
                METERS,
                LARGE,
                MAX_INFLATED_BYTES,
                MAX_WAITING_BYTES,
                () -> RATE,
                new ConcurrencyLimit("requests", 1_000_000, METERS.registry()))),
        MAX_FRAME_BYTES);
    channel.closeFuture().addListener(_ -> connection.over());
    deadlines.opened(connection, true);
    connection.opened();
  }

  /** Leads a connection through an input. */
  static void run(byte[] input) {
    long before = used();
    double faults = faults();
    InboundProbe probe = new InboundProbe(input.length == 0 ? 0 : input[0]);
    if (input.length > 0) {
      probe.lead(ByteBuffer.wrap(input, 1, input.length - 1));
    }
    probe.finish();
    check(faults() == faults, "a fault of our own ended the connection");
    check(FAILURES.list.isEmpty(), "work of a connection failed");
    check(used() == before, "lost " + (used() - before) + " bytes");
  }

  private static long used() {
    return ALLOCATOR.metric().usedDirectMemory() + ALLOCATOR.metric().usedHeapMemory();
  }

  private static double faults() {
    return METERS.registry().counter("ws_connections_closed", "reason", "fault").count();
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      AssertionError error = new AssertionError(otherwise);
      FAILURES.list.forEach(event -> error.addSuppressed(new AssertionError(event.toString())));
      throw error;
    }
  }

  private void lead(ByteBuffer input) {
    while (input.remaining() >= 2) {
      int what = input.get();
      int length = Byte.toUnsignedInt(input.get());
      byte[] bytes =
          new byte[Math.min(length == 255 ? Integer.MAX_VALUE : length, input.remaining())];
      input.get(bytes);
      unsent.writeBytes(bytesOf(what, bytes));
      if ((what & 0x10) == 0) {
        send((what & 0x20) != 0);
      }
    }
  }

  /** Does what a step says, or tells what the client sends. */
  private byte[] bytesOf(int what, byte[] bytes) {
    int fin = (what & 0x40) != 0 ? 0 : 0x80;
    switch (what & 0x0f) {
      case 1 -> {
        return frame(fin | 2, bytes);
      }
      case 2 -> {
        return frame(fin | 2, envelope(bytes));
      }
      case 3 -> {
        return frame(fin | 1, bytes);
      }
      case 4 -> {
        return frame(0x89, bytes);
      }
      case 5 -> {
        return frame(fin, bytes);
      }
      case 6 -> answerOne();
      case 7 -> push(bytes.length == 0 ? 0 : bytes[0] & 3, bytes.length);
      case 8 -> {
        return frame(fin | 2, Gzip.compress(bytes));
      }
      case 9 -> end(bytes.length == 0 ? 0 : bytes[0]);
      case 10 -> {
        String body = new String(bytes, StandardCharsets.UTF_8);
        return frame(
            0x81, ("{\"type\":\"ping\",\"body\":" + body + "}").getBytes(StandardCharsets.UTF_8));
      }
      case 11 -> {
        return frame(fin | 2, mutated(bytes));
      }
      default -> {
        return bytes;
      }
    }
    return new byte[0];
  }

  private void send(boolean singly) {
    byte[] bytes = unsent.toByteArray();
    unsent.reset();
    int piece = singly ? 1 : Math.max(1, bytes.length);
    for (int at = 0; at < bytes.length && channel.isOpen(); at += piece) {
      channel.writeInbound(
          ALLOCATOR.buffer(piece).writeBytes(bytes, at, Math.min(piece, bytes.length - at)));
    }
    channel.runPendingTasks();
    channel.checkException();
  }

  /** A frame of a client, with a mask of zeros. */
  private static byte[] frame(int head, byte[] payload) {
    ByteBuf frame = Unpooled.buffer(14 + payload.length);
    try {
      frame.writeByte(head);
      if (payload.length < 126) {
        frame.writeByte(0x80 | payload.length);
      } else {
        frame.writeByte(0x80 | 126).writeShort(payload.length);
      }
      frame.writeInt(0).writeBytes(payload);
      byte[] bytes = new byte[frame.readableBytes()];
      frame.readBytes(bytes);
      return bytes;
    } finally {
      frame.release();
    }
  }

  private byte[] envelope(byte[] bytes) {
    List<Integer> ids = List.of(1001, 1002, 1003, 1004, 1005, 1007, 2003, 2004);
    int id = ids.get(bytes.length == 0 ? 0 : bytes[0] & 7);
    RequestFrame request =
        new RequestFrame(id, "", USER, "op", "m" + ++requests, ByteString.copyFrom(bytes));
    byte[] plain =
        (form.json() ? new JsonFrameCodec() : new GobFrameCodec()).encodeRequest(request);
    return form.gzip() ? Gzip.compress(plain) : plain;
  }

  private byte[] mutated(byte[] changes) {
    byte[] bytes = envelope(new byte[] {2, 7, 7, 7});
    for (int i = 0; i + 1 < changes.length; i += 2) {
      bytes[Byte.toUnsignedInt(changes[i]) % bytes.length] ^= changes[i + 1];
    }
    return bytes;
  }

  private void answerOne() {
    Runnable next = unanswered.poll();
    if (next != null) {
      next.run();
    }
  }

  private void push(int key, int length) {
    String name = "key" + key;
    connection
        .loop()
        .submit(() ->
            connection.push(name, EncodedFrame.of(outbound.push(name, length), form, ALLOCATOR)));
  }

  private void end(int how) {
    mustEnd = true;
    switch (how & 3) {
      case 0 -> connection.kick();
      case 1 -> connection.close(EndReason.LOGOUT, WebSocketCloseStatus.NORMAL_CLOSURE);
      case 2 -> connection.drain();
      default -> channel.close();
    }
  }

  @Override
  public boolean accepts(ClientConnection from, RequestFrame request) {
    return KNOWN.contains(request.reqIdentifier()) && request.sendID().equals(USER);
  }

  @Override
  public void handle(ClientConnection from, RequestFrame request, Consumer<Answer> reply) {
    outbound.expect(request);
    ResponseFrame answer =
        new ResponseFrame(
            request.reqIdentifier(),
            request.msgIncr(),
            request.operationID(),
            0,
            "",
            request.data());
    Runnable answering =
        () -> reply.accept(new Answer(answer, Optional.empty(), request.reqIdentifier() == 2003));
    if (answersLater) {
      unanswered.add(answering);
      check(unanswered.size() == 1, "two requests of a connection at once");
    } else {
      answering.run();
    }
  }

  private void finish() {
    send(false);
    while (!unanswered.isEmpty()) {
      answerOne();
      channel.runPendingTasks();
    }
    channel.checkException();
    boolean ended = !channel.isOpen();
    check(ended || !mustEnd, "the connection does not end");
    channel.finish();
    List<ByteBuf> frames = new ArrayList<>();
    for (ByteBuf frame = channel.readOutbound(); frame != null; frame = channel.readOutbound()) {
      frames.add(frame);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ByteBuf frame : frames) {
      byte[] bytes = new byte[frame.readableBytes()];
      frame.readBytes(bytes);
      all.writeBytes(bytes);
      check(frame.release() && frame.refCnt() == 0, "a frame is still held after it was written");
    }
    outbound.check(ByteBuffer.wrap(all.toByteArray()), ended);
    for (ByteBuf left = channel.readInbound(); left != null; left = channel.readInbound()) {
      left.release();
      check(false, "bytes reach the end of the pipeline");
    }
  }
}
