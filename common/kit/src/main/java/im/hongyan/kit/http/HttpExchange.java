package im.hongyan.kit.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: reads on only after the answer of the request before was written. */
final class HttpExchange extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(HttpExchange.class);

  private final HttpHandler handler;
  private final Executor handlers;

  HttpExchange(HttpHandler handler, Executor handlers) {
    this.handler = handler;
    this.handlers = handlers;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    if (request.decoderResult().isFailure()) {
      write(context, new HttpAnswer(400, Map.of(), new byte[0]), false);
      return;
    }
    String target = request.uri();
    int query = target.indexOf('?');
    HttpCall call =
        new HttpCall(
            request.method().name(),
            query < 0 ? target : target.substring(0, query),
            request.headers().copy(),
            ByteBufUtil.getBytes(request.content()));
    context.channel().config().setAutoRead(false);
    handlers.execute(() -> {
      HttpAnswer answer = answer(call);
      context.executor().execute(() -> write(context, answer, keepAlive));
    });
  }

  private HttpAnswer answer(HttpCall call) {
    try {
      return handler.handle(call);
    } catch (Exception e) {
      LOG.error("{} {} failed", call.method(), call.path(), e);
      return new HttpAnswer(500, Map.of(), new byte[0]);
    }
  }

  private static void write(ChannelHandlerContext context, HttpAnswer answer, boolean keepAlive) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(answer.body()));
    answer.headers().forEach(response.headers()::set);
    response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    if (!keepAlive) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    var written = context.writeAndFlush(response);
    if (keepAlive) {
      context.channel().config().setAutoRead(true);
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("connection {} ends", context.channel().remoteAddress(), cause);
    context.close();
  }
}
