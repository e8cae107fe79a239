package im.hongyan.kit.http;

import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.kit.net.ConnectionGate;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: reads on only after the answer of the request before was written. Used on the
 * connection's event loop; handlers run elsewhere.
 */
final class HttpExchange extends SimpleChannelInboundHandler<FullHttpRequest> {
  /** Event that makes the connection end after the answer that is due, if any. */
  static final Object LEAVE = new Object();

  private static final Logger LOG = LoggerFactory.getLogger(HttpExchange.class);

  private final HttpHandler handler;
  private final Executor handlers;
  private final ClientAddresses clients;
  private final HttpTimeoutHandler pace;
  private boolean leaving;
  private boolean refused;

  HttpExchange(
      HttpHandler handler, Executor handlers, ClientAddresses clients, HttpTimeoutHandler pace) {
    this.handler = handler;
    this.handlers = handlers;
    this.clients = clients;
    this.pace = pace;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (refused) {
      return;
    }
    pace.requestArrived();
    if (request.decoderResult().isFailure()) {
      refuse(context, status(request.decoderResult().cause()));
      return;
    }
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    HttpRequest call = call(context, request);
    context.channel().config().setAutoRead(false);
    handlers.execute(() -> {
      HttpResponse answer = answer(call);
      context.executor().execute(() -> finish(context, answer, keepAlive && !leaving));
    });
  }

  private HttpRequest call(ChannelHandlerContext context, FullHttpRequest request) {
    String target = request.uri();
    int query = target.indexOf('?');
    return new HttpRequest(
        request.method().name(),
        query < 0 ? target : target.substring(0, query),
        query < 0 ? "" : target.substring(query + 1),
        clients.clientOf(
            ConnectionGate.peer(context.channel()), request.headers().getAll("X-Forwarded-For")),
        request.headers().copy(),
        ByteBufUtil.getBytes(request.content()));
  }

  private HttpResponse answer(HttpRequest call) {
    try {
      return handler.handle(call);
    } catch (Exception e) {
      LOG.error("{} {} failed", call.method(), call.path(), e);
      return new HttpResponse(500, Map.of(), new byte[0]);
    }
  }

  private static int status(Throwable cause) {
    return switch (cause) {
      case TooLongHttpContentException _ -> 413;
      case TooLongHttpLineException _ -> 414;
      case TooLongHttpHeaderException _ -> 431;
      default -> 400;
    };
  }

  /** The rest of what is refused may still be under way; who is cut off then sees no answer. */
  private void refuse(ChannelHandlerContext context, int status) {
    refused = true;
    write(context, handler.refuse(status), false)
        .addListener(_ -> {
          pace.linger();
          ((DuplexChannel) context.channel()).shutdownOutput();
        });
  }

  private void finish(ChannelHandlerContext context, HttpResponse answer, boolean keepAlive) {
    ChannelFuture written = write(context, answer, keepAlive);
    if (!keepAlive) {
      written.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    written.addListener(_ -> {
      if (leaving) {
        context.close();
      } else {
        // Not before: who sends without ever reading would fill our memory with answers.
        pace.awaitRequest();
        context.channel().config().setAutoRead(true);
      }
    });
  }

  private ChannelFuture write(
      ChannelHandlerContext context, HttpResponse answer, boolean keepAlive) {
    pace.answerIsReady();
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
    return context.writeAndFlush(response);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == LEAVE) {
      leaving = true;
      if (pace.idle()) {
        context.close();
      }
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("connection {} ends", context.channel().remoteAddress(), cause);
    context.close();
  }
}
