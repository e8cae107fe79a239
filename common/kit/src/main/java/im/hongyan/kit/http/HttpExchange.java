package im.hongyan.kit.http;

import im.hongyan.kit.http.RequestReader.Arrival;
import im.hongyan.kit.http.RequestReader.Cut;
import im.hongyan.kit.http.RequestReader.Whole;
import im.hongyan.kit.logging.RareLog;
import im.hongyan.kit.net.EdgeAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: reads on only after the answer of the request before was written. Used on the
 * connection's event loop; handlers run elsewhere.
 */
final class HttpExchange extends SimpleChannelInboundHandler<Arrival> {
  /** Event that makes the connection end after the answer that is due, if any. */
  static final Object LEAVE = new Object();

  private static final Logger LOG = LoggerFactory.getLogger(HttpExchange.class);
  private static final RareLog EXHAUSTED = new RareLog();

  private final HttpHandler handler;
  private final Executor handlers;
  private final Compression compression;
  private final HttpTimeoutHandler pace;
  private final AnswerWriter writer;
  private final RequestDecoder decoder;
  private boolean leaving;

  HttpExchange(
      HttpServer.Work work,
      Compression compression,
      HttpTimeoutHandler pace,
      RequestDecoder decoder) {
    handler = work.handler();
    handlers = work.handlers();
    this.compression = compression;
    this.pace = pace;
    writer = new AnswerWriter(work.answers());
    this.decoder = decoder;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Arrival arrival) {
    pace.requestArrived();
    switch (arrival) {
      case Whole request -> {
        context.channel().config().setAutoRead(false);
        handlers.execute(() -> {
          HttpResponse answer =
              ContentCoding.apply(request.call(), answer(request.call()), compression);
          context.executor().execute(() -> finish(context, request, answer));
        });
      }
      case Cut cut -> {
        pace.answerIsReady();
        writer
            .writeLast(context, cut.answer())
            .addListener(_ -> {
              // The client may be sending still; who is cut off then sees no answer.
              pace.linger();
              ((DuplexChannel) context.channel()).shutdownOutput();
            });
      }
    }
  }

  private HttpResponse answer(HttpRequest call) {
    try {
      return handler.handle(call);
    } catch (Exception e) {
      LOG.error("{} {} failed", call.method(), call.path(), e);
      return new HttpResponse(500, Map.of(), new byte[0]);
    }
  }

  private void finish(ChannelHandlerContext context, Whole request, HttpResponse answer) {
    request.memory().close();
    pace.answerIsReady();
    if (!writer.hasRoomFor(answer, request.call().client())) {
      HttpResponse refusal = handler.refuse(503).then(answer.afterwards());
      writer.writeLast(context, refusal).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    if (!request.keepAlive() || leaving) {
      writer.writeLast(context, answer).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    writer
        .write(context, answer)
        .addListener((ChannelFuture written) -> {
          if (leaving || !written.isSuccess()) {
            context.close();
          } else {
            // Not before: who sends without ever reading would fill our memory with answers.
            pace.awaitRequest();
            decoder.readOn();
          }
        });
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    writer.writeOn(context);
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    writer.close();
    context.fireChannelInactive();
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
    if (cause instanceof EdgeAllocator.ExhaustedException && EXHAUSTED.due(System.nanoTime())) {
      LOG.warn("connections end: {}", cause.getMessage());
    }
    LOG.debug("connection {} ends", context.channel().remoteAddress(), cause);
    context.close();
  }
}
