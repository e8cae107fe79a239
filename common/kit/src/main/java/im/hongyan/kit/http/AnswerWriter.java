package im.hongyan.kit.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers of one connection. A large one goes in pieces as the client takes them, so
 * that buffers of the socket hold little of it; the whole stays within a budget until it is taken.
 * Used on the connection's event loop only.
 */
final class AnswerWriter {
  private static final int PIECE_BYTES = 65_536;

  private final BodyBudget budget;
  private BodyBudget.@Nullable Share share;
  private @Nullable Rest rest;

  /** A large answer that is being written. */
  private static final class Rest {
    private final byte[] body;
    private final ChannelPromise written;
    private int at;

    Rest(byte[] body, ChannelPromise written) {
      this.body = body;
      this.written = written;
    }

    boolean isLastPiece() {
      return body.length - at <= PIECE_BYTES;
    }

    ByteBuf next() {
      int size = Math.min(PIECE_BYTES, body.length - at);
      at += size;
      return Unpooled.wrappedBuffer(body, at - size, size);
    }
  }

  AnswerWriter(BodyBudget budget) {
    this.budget = budget;
  }

  /** Whether the budget has room for an answer to a client, which then holds it. */
  boolean hasRoomFor(HttpResponse answer, InetAddress client) {
    BodyBudget.Share taking = budget.share(client);
    if (!taking.take(answer.body().length)) {
      return false;
    }
    share = taking;
    return true;
  }

  /** Writes an answer after which the connection ends. */
  ChannelFuture writeLast(ChannelHandlerContext context, HttpResponse answer) {
    return write(context, answer, true);
  }

  /** Writes an answer; gives its room back when it is done. */
  ChannelFuture write(ChannelHandlerContext context, HttpResponse answer) {
    return write(context, answer, false);
  }

  private ChannelFuture write(ChannelHandlerContext context, HttpResponse answer, boolean last) {
    byte[] body = answer.body();
    HttpResponseStatus status = HttpResponseStatus.valueOf(answer.status());
    DefaultHttpResponse head =
        body.length > PIECE_BYTES
            ? new DefaultHttpResponse(HttpVersion.HTTP_1_1, status)
            : new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
    answer.headers().forEach(head.headers()::set);
    head.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
    if (last) {
      head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    ChannelFuture written;
    if (body.length > PIECE_BYTES) {
      context.write(head);
      Rest begun = new Rest(body, context.newPromise());
      rest = begun;
      written = begun.written;
      writeOn(context);
    } else {
      written = context.writeAndFlush(head);
    }
    return written.addListener(_ -> {
      close();
      answer.afterwards().run();
    });
  }

  /** Writes on where a large answer waits for the client to take more. */
  void writeOn(ChannelHandlerContext context) {
    while (rest != null && context.channel().isWritable()) {
      writePiece(context, rest);
    }
  }

  /** May come back to {@link #writeOn}, when the socket takes the piece at once. */
  private void writePiece(ChannelHandlerContext context, Rest current) {
    if (current.isLastPiece()) {
      rest = null;
      context.writeAndFlush(new DefaultLastHttpContent(current.next()), current.written);
      return;
    }
    context
        .writeAndFlush(new DefaultHttpContent(current.next()))
        .addListener(piece -> {
          if (!piece.isSuccess()) {
            rest = null;
            current.written.tryFailure(piece.cause());
          }
        });
  }

  /** Gives the answer's room back. */
  void close() {
    rest = null;
    BodyBudget.Share held = share;
    if (held != null) {
      share = null;
      held.close();
    }
  }
}
