package im.hongyan.gatewayws.connect;

import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.ApiEnvelope;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.nio.charset.StandardCharsets;

/** How a handshake is answered (websocket.md 1.1, 1.4, 1.5). Stateless; event loops only. */
final class HandshakeAnswers {
  private static final int MAX_ERROR_BYTES = 1_024;

  private HandshakeAnswers() {}

  /** Whether the request asks for a WebSocket (check 13). */
  static boolean isUpgrade(FullHttpRequest request) {
    var headers = request.headers();
    return request.method().equals(HttpMethod.GET)
        && headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)
        && headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)
        && "13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        && headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY);
  }

  /** The first message of a client that asked for the outcome. */
  static TextWebSocketFrame success() {
    return new TextWebSocketFrame(Unpooled.wrappedBuffer(ApiEnvelope.success()));
  }

  /** After an upgrade: the refusal as a text, then the end. */
  static void refuseUpgraded(ChannelHandlerContext context, ImException refusal) {
    context.write(new TextWebSocketFrame(Unpooled.wrappedBuffer(body(refusal))));
    context
        .writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.POLICY_VIOLATION))
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** Without an upgrade: HTTP 200, for any other status would do but the body must be this. */
  static void refuse(ChannelHandlerContext context, ImException refusal) {
    finish(
        context,
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body(refusal))),
        "application/json; charset=utf-8");
  }

  /** At most 1024 bytes: the SDK reads no more. */
  private static byte[] body(ImException refusal) {
    byte[] body = ApiEnvelope.failure(refusal);
    if (body.length <= MAX_ERROR_BYTES) {
      return body;
    }
    body = ApiEnvelope.failure(new ImException(refusal.code(), refusal.text(), "", null));
    return body.length <= MAX_ERROR_BYTES
        ? body
        : ApiEnvelope.failure(new ImException(refusal.code(), "", "", null));
  }

  /** What is no WebSocket handshake. */
  static void badRequest(ChannelHandlerContext context, FullHttpRequest request) {
    boolean get = request.method().equals(HttpMethod.GET);
    HttpResponseStatus status =
        get ? HttpResponseStatus.BAD_REQUEST : HttpResponseStatus.METHOD_NOT_ALLOWED;
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            Unpooled.copiedBuffer(status.reasonPhrase() + "\n", StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
    finish(context, response, "text/plain; charset=utf-8");
  }

  /**
   * What is no request, or too long a one. The client may be sending still, and would not see an
   * answer before the end: so only our side ends, and the deadline of the handshake does the rest.
   */
  static void cut(ChannelHandlerContext context, HttpResponseStatus status) {
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            status,
            Unpooled.copiedBuffer(status.reasonPhrase() + "\n", StandardCharsets.UTF_8));
    write(context, response, "text/plain; charset=utf-8")
        .addListener(_ -> ((DuplexChannel) context.channel()).shutdownOutput());
  }

  private static void finish(
      ChannelHandlerContext context, DefaultFullHttpResponse response, String contentType) {
    write(context, response, contentType).addListener(ChannelFutureListener.CLOSE);
  }

  private static ChannelFuture write(
      ChannelHandlerContext context, DefaultFullHttpResponse response, String contentType) {
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .set(HttpHeaderNames.CONNECTION, "close")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    return context.writeAndFlush(response);
  }
}
