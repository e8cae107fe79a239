package im.hongyan.gatewayws.connection;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.metrics.EndReason;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.kit.net.EdgeAllocator;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a user. What is pushed before its handshake was answered, or while more waits
 * for the client than its limit, is deferred: the newest of each conversation.
 *
 * <p>Methods may be called by any thread unless they say that the event loop alone may; state
 * belongs to the event loop.
 */
public final class ClientConnection {
  private static final ResponseFrame KICK = new ResponseFrame(2002, "", "", 0, "", null);
  private static final Future<?> READY = CompletableFuture.completedFuture(null);

  private final Identity identity;
  private final Channel channel;
  private final GatewayLoop loop;
  private final GatewayMeters meters;
  private volatile boolean background;
  private volatile @Nullable EndReason ending;
  private volatile boolean givenUp;
  private boolean open;
  private boolean answering;
  private boolean leaving;
  private @Nullable DeferredPushes deferred;
  private @Nullable AwaitingPushes awaiting;
  private @Nullable HeldBytes held;
  private @Nullable Runnable pendingClose;

  /**
   * Who is connected, and how.
   *
   * @param id unique, random
   * @param tokenHash SHA-256 of the token; the token itself is not kept
   * @param epoch place in the order of the user's logins
   * @param forwarded the client's address as a trusted proxy names it; null where there is none
   */
  public record Identity(
      String id,
      String userId,
      Platform platform,
      FrameEncoding form,
      ByteString tokenHash,
      long epoch,
      @Nullable InetAddress forwarded) {}

  /** A connection whose handshake is not answered yet. */
  public ClientConnection(
      Identity identity, Channel channel, GatewayLoop loop, GatewayMeters meters) {
    this.identity = identity;
    this.channel = channel;
    this.loop = loop;
    this.meters = meters;
  }

  /** Unique id. */
  public String id() {
    return identity.id();
  }

  /** Whose connection it is. */
  public String userId() {
    return identity.userId();
  }

  /** The platform of its token. */
  public Platform platform() {
    return identity.platform();
  }

  /** How its envelopes look. */
  public FrameEncoding form() {
    return identity.form();
  }

  /** SHA-256 of its token. */
  public ByteString tokenHash() {
    return identity.tokenHash();
  }

  /** Its place in the order of the user's logins. */
  public long epoch() {
    return identity.epoch();
  }

  /** The loop that it lives in. */
  public GatewayLoop loop() {
    return loop;
  }

  /** Whether the client says that it is in the background (request 2004). */
  public boolean background() {
    return background;
  }

  /** Notes what the client says. */
  public void background(boolean now) {
    background = now;
  }

  /** Whether a push that is handed over now will be written, as far as is known. */
  public boolean alive() {
    return ending == null && !givenUp && channel.isActive();
  }

  /** Ends the connection, which missed a push, so that its client connects anew and syncs. */
  public void giveUp() {
    if (!givenUp) {
      givenUp = true;
      loop.submit(this::overload);
    }
  }

  /** From where frames for it come. */
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  /** Writes an answer; one that is longer than clients take becomes 500. The event loop alone. */
  void answer(RequestHandler.Answer answer) {
    try {
      write(encoded(answer));
    } catch (EdgeAllocator.ExhaustedException full) {
      abort(EndReason.OVERLOAD);
    }
  }

  private ByteBuf encoded(RequestHandler.Answer whole) {
    ResponseFrame answer = whole.frame();
    byte[] payload = whole.payload().orElseGet(() -> form().encode(answer));
    if (payload.length > FrameLimits.MAX_FRAME_BYTES) {
      meters.tooLarge();
      payload =
          form()
              .encode(
                  new ResponseFrame(
                      answer.reqIdentifier(),
                      answer.msgIncr(),
                      answer.operationID(),
                      ImError.INTERNAL.code(),
                      "the answer is longer than clients take",
                      null));
    }
    return EncodedFrame.binary(payload, allocator());
  }

  /** Writes a frame, or frees it when the connection is over; the event loop alone. */
  private void write(ByteBuf frame) {
    if (ending != null || !channel.isActive()) {
      frame.release();
      return;
    }
    channel.write(frame, channel.voidPromise());
    loop.flushLater(this);
  }

  /** Hands what was written to the socket; the event loop alone. */
  void flush() {
    channel.flush();
    sending();
  }

  /** Counts what the client has not taken; the event loop alone. */
  void sending() {
    long pending = pendingBytes();
    if (deferred != null) {
      pending += deferred.bytes();
    }
    if (awaiting != null) {
      pending += awaiting.bytes();
    }
    if (!holds(HeldBytes.Kind.SENDING, pending)) {
      abort(EndReason.OVERLOAD);
    }
  }

  /** What the channel keeps until the socket takes it. */
  private long pendingBytes() {
    var marks = channel.config();
    return channel.isWritable()
        ? marks.getWriteBufferHighWaterMark() - channel.bytesBeforeUnwritable()
        : marks.getWriteBufferLowWaterMark() + channel.bytesBeforeWritable();
  }

  /** Counts the bytes of a message that has not come to its end; the event loop alone. */
  void receiving(int bytes) {
    if (!holds(HeldBytes.Kind.RECEIVING, bytes)) {
      overload();
    }
  }

  /** Notes how much of a kind is held; false when it is too much. The event loop alone. */
  boolean holds(HeldBytes.Kind kind, long bytes) {
    HeldBytes now = held;
    if (now == null) {
      if (bytes <= HeldBytes.FREE_BYTES || isOver()) {
        return true;
      }
      WaitingBytes budget = loop.waitingBytes();
      now = new HeldBytes(budget, userId(), budget.key(channel, identity.forwarded()));
    }
    boolean taken = now.set(kind, bytes);
    held = now.isEmpty() ? null : now;
    return taken;
  }

  private boolean isOver() {
    return !channel.isOpen();
  }

  /** Ends the connection, since more waits for it or from it than there is room for. */
  void overload() {
    channel.config().setAutoRead(false);
    if (channel.isWritable()) {
      finish(EndReason.OVERLOAD, WebSocketCloseStatus.TRY_AGAIN_LATER);
    } else {
      abort(EndReason.OVERLOAD);
    }
  }

  /**
   * Pushes a frame, of which one reference passes to the connection, behind what was pushed before;
   * the event loop alone.
   *
   * @param key what a newer frame may replace it by while it waits for the client
   */
  public void push(String key, ByteBuf frame) {
    if (awaiting == null) {
      pushNow(key, frame);
    } else {
      await(awaiting, READY, key, frame);
    }
  }

  /**
   * As {@link #push}, once a call of the user was answered, or need not be waited for any longer.
   * Until then everything that is pushed waits behind it, as much as may wait for a slow client;
   * with more than that the wait ends.
   *
   * @param answer done by then
   */
  public void pushBehind(CompletableFuture<?> answer, String key, ByteBuf frame) {
    if (answer.isDone() || ending != null) {
      push(key, frame);
      return;
    }
    if (awaiting == null) {
      int most = channel.config().getWriteBufferHighWaterMark();
      awaiting = new AwaitingPushes(most, this::pushNow);
    }
    await(awaiting, answer, key, frame);
    var _ = answer.thenRun(() -> loop.submit(this::answered));
  }

  private void await(AwaitingPushes pushes, Future<?> answer, String key, ByteBuf frame) {
    pushes.add(key, frame, answer);
    if (pushes.isEmpty()) {
      awaiting = null;
    } else {
      sending();
    }
  }

  private void answered() {
    if (awaiting != null) {
      awaiting.handOver();
      if (awaiting != null && awaiting.isEmpty()) {
        awaiting = null;
      }
    }
  }

  private void pushNow(String key, ByteBuf frame) {
    if (open && deferred == null && channel.isWritable()) {
      write(frame);
      return;
    }
    if (ending != null) {
      frame.release();
      return;
    }
    if (deferred == null) {
      deferred = new DeferredPushes(channel.config().getWriteBufferHighWaterMark());
    }
    meters.deferred();
    if (!deferred.defer(key, frame)) {
      abort(EndReason.SLOW);
    } else {
      sending();
    }
  }

  /** The handshake was answered: what waited goes out. The event loop alone. */
  public void opened() {
    open = true;
    unpark();
    Runnable last = pendingClose;
    if (last != null) {
      pendingClose = null;
      last.run();
    }
  }

  /** Hands over what waits, as far as the client takes it; the event loop alone. */
  void unpark() {
    DeferredPushes waiting = deferred;
    if (!open || waiting == null) {
      return;
    }
    waiting.handOver(frame -> {
      boolean taken = channel.isWritable();
      if (taken) {
        write(frame);
      }
      return taken;
    });
    if (waiting.isEmpty()) {
      deferred = null;
    }
  }

  /** Notifies the client that its login was ended, then closes (websocket.md 4.6). */
  public void kick() {
    close(EndReason.KICKED, WebSocketCloseStatus.POLICY_VIOLATION);
  }

  /** Closes with a status that says why, after what was written before. */
  public void close(EndReason reason, WebSocketCloseStatus status) {
    loop.submit(() -> finish(reason, status));
  }

  /** Closes as soon as the request that is being answered, if any, has its reply. */
  public void drain() {
    loop.submit(() -> {
      leaving = true;
      if (!answering) {
        finish(EndReason.DRAIN, WebSocketCloseStatus.ENDPOINT_UNAVAILABLE);
      }
    });
  }

  /** Whether nothing is written any more; the event loop alone. */
  boolean ended() {
    return ending != null;
  }

  /** Whether another request may be begun; the event loop alone. */
  boolean takesRequests() {
    return ending == null && !leaving;
  }

  /** Whether a request is being answered; the event loop alone. */
  boolean answering() {
    return answering;
  }

  /** Notes that a request is being answered, or that it was; the event loop alone. */
  void answering(boolean now) {
    answering = now;
    if (!now && leaving) {
      drain();
    }
  }

  /** Drops the connection, which takes nothing or says nothing any more; the event loop alone. */
  void abort(EndReason reason) {
    if (ending == null) {
      ending = reason;
    }
    channel.close();
  }

  /** Says last words once; before the handshake was answered they wait for it. */
  private void finish(EndReason reason, WebSocketCloseStatus status) {
    if (ending != null) {
      return;
    }
    if (!open) {
      if (pendingClose == null) {
        pendingClose = () -> finish(reason, status);
      }
      return;
    }
    if (awaiting != null) {
      awaiting.handOverAll();
      awaiting = null;
    }
    if (ending != null) {
      return;
    }
    if (reason == EndReason.KICKED) {
      write(EncodedFrame.of(KICK, form(), allocator()));
    }
    // Before the close frame is flushed, which may make room for what is deferred.
    ending = reason;
    channel.writeAndFlush(closeFrame(status)).addListener(ChannelFutureListener.CLOSE);
  }

  private static CloseWebSocketFrame closeFrame(WebSocketCloseStatus status) {
    return status.equals(WebSocketCloseStatus.EMPTY)
        ? new CloseWebSocketFrame()
        : new CloseWebSocketFrame(status);
  }

  /**
   * The channel is closed: frees what waits and counts the end of a connection that was open. The
   * event loop alone.
   */
  public void over() {
    EndReason reason = ending;
    ending = reason == null ? EndReason.CLIENT : reason;
    if (open) {
      meters.closed(ending);
    }
    if (deferred != null) {
      deferred.release();
      deferred = null;
    }
    if (awaiting != null) {
      awaiting.release();
      awaiting = null;
    }
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
