package im.hongyan.gatewayws.connection;

import im.hongyan.gatewayws.metrics.EndReason;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.limit.RateLimit;
import im.hongyan.kit.net.EdgeAllocator;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client sends on its connection: requests one after the other, heartbeats at once
 * (websocket.md 4.1, 5). While a client takes nothing its requests wait. Lives in the channel's
 * event loop.
 */
public final class ConnectionHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);
  private static final int MAX_WAITING = 32;

  /** Of what one read brings; SDKs send a ping every 24 s. */
  private static final int MAX_PONGS = 64;

  /** Larger requests, once they are inflated, are read by {@link LargeRequests}. */
  private static final int SMALL_BYTES = 16_384;

  /** Up to here only the number of requests is bounded. */
  private static final int UNCOUNTED_BYTES = 1_024;

  /** So many bytes of small requests are counted at once, which spares a lock for each. */
  private static final int COUNTED_AT_ONCE = 65_536;

  /** A large request counts so often, since it is several times as large once it is parsed. */
  private static final int PARSED_WEIGHT = 8;

  private final ClientConnection connection;
  private final Deadlines deadlines;
  private final Shared shared;
  private final RateLimit rate;

  /** As they came, since they may be a thousand times as long once they are inflated. */
  private @Nullable Deque<byte[]> waiting;

  private int waitingBytes;

  /** Of small requests, not counted for the user yet. */
  private int uncountedBytes;

  /** Whether the user has had so many bytes that even a small request waits. */
  private boolean overdrawn;

  /** The request that waits for its turn. */
  private LargeRequests.@Nullable Turn turn;

  private int turnBytes;

  /** Since the last read. */
  private int pongs;

  private @Nullable Runnable end;

  /**
   * What all connections of a gateway share.
   *
   * @param large turns of large requests
   * @param maxInflatedBytes a message after gunzip
   * @param maxWaitingBytes requests of one connection, beyond which it is not read on
   * @param concurrency requests of all connections that are being answered
   * @param rate requests of one connection
   */
  public record Shared(
      RequestHandler requests,
      GatewayMeters meters,
      LargeRequests large,
      int maxInflatedBytes,
      int maxWaitingBytes,
      Supplier<RateLimit.Rate> rate,
      ConcurrencyLimit concurrency) {}

  /** Serves one connection, whose pipeline owns it. */
  public ConnectionHandler(ClientConnection connection, Deadlines deadlines, Shared shared) {
    this.connection = connection;
    this.deadlines = deadlines;
    this.shared = shared;
    rate = new RateLimit(shared.rate(), System.nanoTime());
  }

  /** Whose messages these are. */
  ClientConnection connection() {
    return connection;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (connection.ended()) {
      return;
    }
    deadlines.touch();
    switch (frame) {
      case BinaryWebSocketFrame binary -> request(context, binary);
      case TextWebSocketFrame text -> heartbeat(context, text);
      case PingWebSocketFrame ping ->
          pong(context, new PongWebSocketFrame(ping.content().retain()));
      case PongWebSocketFrame _ -> {}
      case CloseWebSocketFrame close -> {
        dropWaiting();
        connection.close(EndReason.CLIENT, echo(close));
      }
      default -> end(EndReason.MALFORMED, WebSocketCloseStatus.PROTOCOL_ERROR);
    }
  }

  /** Ends the connection once what came before is answered; no request after it is taken. */
  private void end(EndReason reason, WebSocketCloseStatus status) {
    if (end == null) {
      end = () -> connection.close(reason, status);
      endIfAnswered();
    }
  }

  private void endIfAnswered() {
    if (end != null && waiting == null && !connection.answering()) {
      end.run();
    }
  }

  private static WebSocketCloseStatus echo(CloseWebSocketFrame close) {
    int code = close.statusCode();
    return code < 0 ? WebSocketCloseStatus.EMPTY : WebSocketCloseStatus.valueOf(code);
  }

  /**
   * A client that takes nothing, or floods with pings, gets no pongs, so that they need no other
   * bound.
   */
  private void pong(ChannelHandlerContext context, WebSocketFrame pong) {
    if (context.channel().isWritable() && ++pongs <= MAX_PONGS) {
      context.write(pong, context.voidPromise());
      connection.loop().flushLater(connection);
    } else {
      pong.release();
    }
  }

  private void heartbeat(ChannelHandlerContext context, TextWebSocketFrame text) {
    var heartbeat = TextHeartbeat.read(text.text());
    if (heartbeat.isEmpty()) {
      end(EndReason.MALFORMED, WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
    } else if (!heartbeat.get().pong().isEmpty()) {
      pong(context, new TextWebSocketFrame(heartbeat.get().pong()));
    }
  }

  private void request(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
    if (end != null || !connection.takesRequests()) {
      return;
    }
    byte[] bytes = ByteBufUtil.getBytes(frame.content());
    if (waiting == null && !connection.answering() && context.channel().isWritable()) {
      take(context, bytes);
      return;
    }
    if (waiting == null) {
      waiting = new ArrayDeque<>(2);
    }
    waiting.addLast(bytes);
    if (!waits(bytes.length)) {
      dropWaiting();
      connection.overload();
    } else if (waiting.size() >= MAX_WAITING || waitingBytes >= shared.maxWaitingBytes()) {
      context.channel().config().setAutoRead(false);
    }
  }

  /** Notes by how much more, or less, waits; false when there is no room for it. */
  private boolean waits(int change) {
    waitingBytes += change;
    return connection.holds(HeldBytes.Kind.QUEUED, waitingBytes + turnBytes);
  }

  private void dropWaiting() {
    waiting = null;
    waits(-waitingBytes);
  }

  private void takeNext(ChannelHandlerContext context) {
    if (waiting == null
        || !connection.takesRequests()
        || connection.answering()
        || !context.channel().isWritable()) {
      return;
    }
    byte[] next = waiting.removeFirst();
    waits(-next.length);
    boolean fewLeft =
        waiting.size() < MAX_WAITING / 2 && waitingBytes <= shared.maxWaitingBytes() / 2;
    if (waiting.isEmpty()) {
      waiting = null;
    }
    take(context, next);
    if (fewLeft) {
      context.channel().config().setAutoRead(true);
    }
  }

  private void take(ChannelHandlerContext context, byte[] bytes) {
    RequestFrame request;
    try {
      byte[] small = overdrawn ? null : connection.form().inflateWithin(bytes, SMALL_BYTES);
      if (small == null) {
        awaitTurn(context, bytes);
        return;
      }
      count(small.length);
      request = connection.form().decode(small);
    } catch (MalformedFrameException e) {
      malformed(e);
      return;
    }
    accept(context, request, null);
  }

  /** Counts a request that needs no turn. */
  private void count(int bytes) {
    if (bytes <= UNCOUNTED_BYTES) {
      return;
    }
    uncountedBytes += bytes;
    if (uncountedBytes >= COUNTED_AT_ONCE) {
      overdrawn = !shared.large().count(connection.userId(), uncountedBytes);
      uncountedBytes = 0;
    }
  }

  /** Lets a request wait, as one that is being answered: those behind it keep their order. */
  private void awaitTurn(ChannelHandlerContext context, byte[] bytes) {
    overdrawn = false;
    connection.answering(true);
    turnBytes = bytes.length;
    if (!waits(0)) {
      turnBytes = 0;
      dropWaiting();
      connection.overload();
      return;
    }
    turn = shared.large().await(connection.userId(), now -> read(context, bytes, now));
  }

  /** On the thread of large requests. */
  private void read(ChannelHandlerContext context, byte[] bytes, LargeRequests.Turn now) {
    // What is no request costs as much as the longest one.
    int length = connection.alive() ? shared.maxInflatedBytes() : 0;
    Runnable next = now::done;
    try {
      if (length > 0) {
        byte[] inflated = connection.form().inflate(bytes, length);
        length = inflated.length;
        RequestFrame request = connection.form().decode(inflated);
        next = () -> accept(context, request, now);
      }
    } catch (MalformedFrameException e) {
      next =
          () -> {
            now.done();
            connection.answering(false);
            malformed(e);
          };
    } catch (RuntimeException fault) {
      LOG.error("a request of {} cannot be read", connection.userId(), fault);
      next =
          () -> {
            now.done();
            connection.abort(EndReason.FAULT);
          };
    } finally {
      now.read(length);
    }
    Runnable after = next;
    connection.loop().submit(() -> endTurn(after, now));
  }

  private void endTurn(Runnable next, LargeRequests.Turn now) {
    turn = null;
    turnBytes = 0;
    waits(0);
    if (connection.ended()) {
      now.done();
    } else {
      next.run();
    }
  }

  private void malformed(MalformedFrameException e) {
    LOG.debug("{} sent a malformed frame: {}", connection.userId(), e.getMessage());
    dropWaiting();
    end(EndReason.MALFORMED, WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
  }

  /** Answers a request that this client may send; it may have a turn, which ends with that. */
  private void accept(
      ChannelHandlerContext context, RequestFrame request, LargeRequests.@Nullable Turn now) {
    if (shared.requests().accepts(connection, request)) {
      answer(context, request, now);
      return;
    }
    done(now);
    connection.answering(false);
    dropWaiting();
    end(EndReason.FORBIDDEN, WebSocketCloseStatus.POLICY_VIOLATION);
  }

  private static void done(LargeRequests.@Nullable Turn now) {
    if (now != null) {
      now.done();
    }
  }

  private void answer(
      ChannelHandlerContext context, RequestFrame request, LargeRequests.@Nullable Turn now) {
    connection.answering(true);
    long begun = System.nanoTime();
    if (!rate.take(begun) || !begins(request)) {
      // Not at once: those that wait would be refused one within the other.
      RequestHandler.Answer refusal = RequestHandler.Answer.of(tooMany(request));
      connection.loop().submit(() -> answered(context, refusal, now));
      return;
    }
    shared
        .requests()
        .handle(
            connection,
            request,
            answer -> {
              shared.concurrency().leave();
              shared.meters().request(request.reqIdentifier(), System.nanoTime() - begun);
              connection.loop().submit(() -> answered(context, answer, now));
            });
  }

  /** Whether there is room for the request, and among those that are being answered. */
  private boolean begins(RequestFrame request) {
    long bytes = request.data().size();
    long weight = bytes <= HeldBytes.FREE_BYTES ? bytes : bytes * PARSED_WEIGHT;
    return connection.holds(HeldBytes.Kind.ANSWERING, weight) && shared.concurrency().enter();
  }

  /** A turn ends when its bytes are given back: the next one of the user needs the room. */
  private void answered(
      ChannelHandlerContext context,
      RequestHandler.Answer answer,
      LargeRequests.@Nullable Turn now) {
    connection.holds(HeldBytes.Kind.ANSWERING, 0);
    done(now);
    connection.answer(answer);
    if (answer.last()) {
      connection.close(EndReason.LOGOUT, WebSocketCloseStatus.NORMAL_CLOSURE);
      return;
    }
    connection.answering(false);
    deadlines.touch();
    takeNext(context);
    endIfAnswered();
  }

  private static ResponseFrame tooMany(RequestFrame request) {
    return new ResponseFrame(
        request.reqIdentifier(),
        request.msgIncr(),
        request.operationID(),
        ImError.TOO_MANY_REQUESTS.code(),
        ImError.TOO_MANY_REQUESTS.text(),
        null);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (turn != null) {
      turn.cancel();
    }
    context.fireChannelInactive();
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    pongs = 0;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    connection.unpark();
    takeNext(context);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    switch (cause) {
      case TooLongFrameException _ -> end(EndReason.TOO_BIG, WebSocketCloseStatus.MESSAGE_TOO_BIG);
      case CorruptedWebSocketFrameException corrupt -> end(reason(corrupt), corrupt.closeStatus());
      case EdgeAllocator.ExhaustedException _ -> connection.abort(EndReason.OVERLOAD);
      case DecoderException decoding
          when decoding.getCause() instanceof EdgeAllocator.ExhaustedException ->
          connection.abort(EndReason.OVERLOAD);
      case IOException _, PrematureChannelClosureException _ -> connection.abort(EndReason.CLIENT);
      default -> {
        LOG.debug("connection of {} ends", connection.userId(), cause);
        connection.abort(EndReason.FAULT);
      }
    }
  }

  private static EndReason reason(CorruptedWebSocketFrameException corrupt) {
    return corrupt.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)
        ? EndReason.TOO_BIG
        : EndReason.MALFORMED;
  }
}
