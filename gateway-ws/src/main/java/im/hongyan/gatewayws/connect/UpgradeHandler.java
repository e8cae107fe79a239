package im.hongyan.gatewayws.connect;

import im.hongyan.gatewayws.GatewayWsConfig;
import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionHandler;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.connection.FrameForm;
import im.hongyan.gatewayws.request.Requests;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.ApiEnvelope;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns an HTTP connection into a user's connection (websocket.md 1): arguments, token, upgrade, in
 * this order. The connection is registered before its handshake is answered, so that no push is
 * missed between. Lives in the channel's event loop; the token is checked on a virtual thread.
 */
public final class UpgradeHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(UpgradeHandler.class);
  private static final int MAX_ERROR_BYTES = 1_024;

  private final Parts parts;
  private boolean busy;

  /** What all connections of a gateway share. */
  public record Parts(
      GatewayWsConfig config,
      Login login,
      ConnectionRegistry registry,
      Requests requests,
      Executor handlers) {}

  /** Creates the handler of one channel. */
  public UpgradeHandler(Parts parts) {
    this.parts = parts;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (busy || request.decoderResult().isFailure()) {
      context.close();
      return;
    }
    Map<String, List<String>> query;
    ConnectArguments arguments;
    try {
      query = new QueryStringDecoder(request.uri()).parameters();
      if (parts.registry().size() >= parts.config().maxConnections()) {
        throw ImError.CONN_OVER_MAX_NUM_LIMIT.with("over max conn num limit");
      }
      String compression = request.headers().get("compression");
      arguments = ConnectArguments.read(query, compression == null ? "" : compression);
    } catch (ImException e) {
      refuse(context, e);
      return;
    } catch (IllegalArgumentException e) {
      refuse(context, ImError.CONN_ARGS.with("query is malformed"));
      return;
    }
    busy = true;
    request.retain();
    parts
        .handlers()
        .execute(() -> {
          ImException refusal = checkToken(arguments);
          context.executor().execute(() -> decided(context, request, arguments, refusal));
        });
  }

  private @org.jspecify.annotations.Nullable ImException checkToken(ConnectArguments arguments) {
    try {
      parts.login().check(arguments);
      return null;
    } catch (ImException e) {
      return e;
    }
  }

  private void decided(
      ChannelHandlerContext context,
      FullHttpRequest request,
      ConnectArguments arguments,
      @org.jspecify.annotations.Nullable ImException refusal) {
    try {
      if (!context.channel().isActive()) {
        return;
      }
      if (refusal != null && !arguments.answered()) {
        refuse(context, refusal);
      } else if (!isUpgrade(request)) {
        badRequest(context, request);
      } else if (refusal != null) {
        handshake(context, request)
            .addListener(done -> {
              if (done.isSuccess()) {
                context
                    .writeAndFlush(text(ApiEnvelope.failure(refusal)))
                    .addListener(ChannelFutureListener.CLOSE);
              }
            });
      } else {
        open(context, request, arguments);
      }
    } finally {
      request.release();
    }
  }

  private void open(
      ChannelHandlerContext context, FullHttpRequest request, ConnectArguments arguments) {
    ClientConnection connection =
        new ClientConnection(
            UUID.randomUUID().toString(),
            arguments.userId(),
            arguments.platform(),
            new FrameForm(arguments.json(), arguments.gzip()),
            context.channel());
    parts.registry().add(connection);
    context.channel().closeFuture().addListener(closed -> parts.registry().remove(connection));
    ConnectionHandler handler =
        new ConnectionHandler(connection, parts.requests(), parts.config().maxInflatedBytes());
    handshake(context, request)
        .addListener(done -> {
          if (!done.isSuccess()) {
            context.close();
            return;
          }
          context
              .pipeline()
              .addLast(new WebSocketFrameAggregator(parts.config().maxFrameBytes()))
              .addLast(handler);
          if (arguments.answered()) {
            context.writeAndFlush(text(ApiEnvelope.success()));
          }
          connection.opened();
          context.pipeline().remove(this);
          LOG.debug("{} connected on {}", arguments.userId(), arguments.platform());
        });
  }

  private io.netty.channel.ChannelFuture handshake(
      ChannelHandlerContext context, FullHttpRequest request) {
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshaker13(
            request.uri(), null, false, parts.config().maxFrameBytes(), false);
    return handshaker.handshake(context.channel(), request);
  }

  private static boolean isUpgrade(FullHttpRequest request) {
    var headers = request.headers();
    return request.method().equals(HttpMethod.GET)
        && headers.containsValue(HttpHeaderNames.UPGRADE, "websocket", true)
        && headers.containsValue(HttpHeaderNames.CONNECTION, "upgrade", true)
        && "13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        && headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY);
  }

  private static TextWebSocketFrame text(byte[] json) {
    return new TextWebSocketFrame(Unpooled.wrappedBuffer(json));
  }

  private static void badRequest(ChannelHandlerContext context, FullHttpRequest request) {
    boolean get = request.method().equals(HttpMethod.GET);
    var response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            get ? HttpResponseStatus.BAD_REQUEST : HttpResponseStatus.METHOD_NOT_ALLOWED,
            Unpooled.copiedBuffer(
                get ? "Bad Request\n" : "Method Not Allowed\n", StandardCharsets.UTF_8));
    response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13");
    finish(context, response, "text/plain; charset=utf-8");
  }

  /** The answer without an upgrade: HTTP 200 and at most 1024 bytes of JSON (websocket.md 1.4). */
  private static void refuse(ChannelHandlerContext context, ImException refusal) {
    byte[] body = ApiEnvelope.failure(refusal);
    if (body.length > MAX_ERROR_BYTES) {
      body = ApiEnvelope.failure(new ImException(refusal.code(), refusal.text(), "", null));
    }
    finish(
        context,
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(body)),
        "application/json; charset=utf-8");
  }

  private static void finish(
      ChannelHandlerContext context, DefaultFullHttpResponse response, String contentType) {
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, contentType)
        .set(HttpHeaderNames.CONNECTION, "close")
        .setInt(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("connection {} ends", context.channel().remoteAddress(), cause);
    context.close();
  }
}
