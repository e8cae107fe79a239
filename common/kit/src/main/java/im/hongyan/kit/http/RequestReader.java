package im.hongyan.kit.http;

import im.hongyan.kit.http.IncomingRequest.Admission;
import im.hongyan.kit.net.ConnectionGate;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the requests of one connection together and hands them on as {@link Arrival}s. A body that
 * does not come along with its headers, or is large, is asked for ({@link HttpHandler#admit})
 * before more than 64 KiB of it are read; all bodies together stay within a budget. Used on the
 * connection's event loop only; the handler is asked on a virtual thread.
 */
final class RequestReader extends ChannelInboundHandlerAdapter {
  /** What is to be answered next. */
  sealed interface Arrival {}

  /**
   * A request whose body is here.
   *
   * @param memory what it holds, to be closed when it is answered
   */
  record Whole(HttpRequest call, boolean keepAlive, IncomingRequest memory) implements Arrival {}

  /** What is answered without being read to its end; nothing comes after it. */
  record Cut(HttpResponse answer) implements Arrival {}

  private static final Logger LOG = LoggerFactory.getLogger(RequestReader.class);

  /** Of each connection so much is free: requests as clients send them are not counted at all. */
  private static final int FREE_BYTES = 4_096;

  private final HttpServerConfig config;
  private final HttpHandler handler;
  private final Executor handlers;
  private final BodyBudget budget;
  private final RequestDecoder decoder;
  private BodyBudget.@Nullable Share unfinished;
  private @Nullable IncomingRequest incoming;
  private boolean cut;

  RequestReader(HttpServerConfig config, HttpServer.Work work, RequestDecoder decoder) {
    this.config = config;
    handler = work.handler();
    handlers = work.handlers();
    budget = work.bodies();
    this.decoder = decoder;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (!cut && message instanceof io.netty.handler.codec.http.HttpRequest head) {
        begin(context, head);
      }
      IncomingRequest current = incoming;
      if (current != null && message instanceof HttpContent part) {
        take(context, current, part);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** What was read at once is through. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    holdUnfinished(context);
    IncomingRequest current = incoming;
    if (current != null && current.admission() == Admission.NOT_ASKED) {
      ask(context, current);
    }
    context.fireChannelReadComplete();
  }

  /** Counts what the decoder has of a request that is not whole, or that waits for its turn. */
  private void holdUnfinished(ChannelHandlerContext context) {
    int bytes = decoder.unfinishedBytes();
    BodyBudget.Share held = unfinished;
    if (held == null) {
      if (bytes <= FREE_BYTES) {
        return;
      }
      held = budget.share(ConnectionGate.peer(context.channel()));
      unfinished = held;
    }
    if (held.set(bytes > FREE_BYTES && !cut ? bytes : 0)) {
      return;
    }
    if (context.channel().config().isAutoRead()) {
      cut(context, handler.refuse(HttpResponseStatus.SERVICE_UNAVAILABLE.code()));
    } else {
      // An answer to this would overtake the one that is due.
      context.close();
    }
  }

  private void begin(ChannelHandlerContext context, io.netty.handler.codec.http.HttpRequest head) {
    if (isMalformed(context, head)) {
      return;
    }
    if (hasUnknownCoding(head) || !hasItsHost(head)) {
      cut(context, handler.refuse(HttpResponseStatus.BAD_REQUEST.code()));
      return;
    }
    String expectation = head.headers().get(HttpHeaderNames.EXPECT);
    if (expectation != null && !HttpUtil.is100ContinueExpected(head)) {
      cut(context, handler.refuse(HttpResponseStatus.EXPECTATION_FAILED.code()));
      return;
    }
    HttpRequest call = call(context, head);
    IncomingRequest next =
        new IncomingRequest(
            call,
            HttpUtil.isKeepAlive(head) && !head.protocolVersion().equals(HttpVersion.HTTP_1_0),
            HttpUtil.getContentLength(head, -1L),
            config.memory().maxBodyBytes(),
            budget.share(call.client()));
    incoming = next;
    if (decoder.headBytes() > FREE_BYTES && !next.holdHead(decoder.headBytes())) {
      cut(context, handler.refuse(HttpResponseStatus.SERVICE_UNAVAILABLE.code()));
      return;
    }
    if (next.isTooLong()) {
      cut(context, handler.refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE.code()));
    } else if (expectation != null || next.isLarge()) {
      ask(context, next);
    }
  }

  /** Exactly one of HTTP/1.1 (RFC 9112, 3.2), else two readers may take it for two servers'. */
  private static boolean hasItsHost(io.netty.handler.codec.http.HttpRequest head) {
    int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
    return hosts == 1 || (hosts == 0 && head.protocolVersion().equals(HttpVersion.HTTP_1_0));
  }

  /** Such a body has no end that everybody sees, so what follows could be taken for a request. */
  private static boolean hasUnknownCoding(io.netty.handler.codec.http.HttpRequest head) {
    List<String> codings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return !codings.isEmpty()
        && !(codings.size() == 1 && codings.getFirst().strip().equalsIgnoreCase("chunked"));
  }

  /** Whether the decoder could not read it; then it is refused. */
  private boolean isMalformed(ChannelHandlerContext context, HttpObject part) {
    DecoderResult result = part.decoderResult();
    if (result.isFailure()) {
      cut(context, handler.refuse(status(result.cause())));
    }
    return result.isFailure();
  }

  private static int status(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ -> 414;
      case TooLongHttpHeaderException _ -> 431;
      default -> 400;
    };
  }

  private HttpRequest call(
      ChannelHandlerContext context, io.netty.handler.codec.http.HttpRequest head) {
    String target = RequestTarget.originForm(head.uri());
    int query = target.indexOf('?');
    return new HttpRequest(
        head.method().name(),
        query < 0 ? target : target.substring(0, query),
        query < 0 ? "" : target.substring(query + 1),
        config
            .clients()
            .clientOf(
                ConnectionGate.peer(context.channel()), head.headers().getAll("X-Forwarded-For")),
        head.headers(),
        new byte[0]);
  }

  private void take(ChannelHandlerContext context, IncomingRequest current, HttpContent part) {
    if (isMalformed(context, part)) {
      return;
    }
    ByteBuf bytes = part.content();
    if (bytes.isReadable() && !current.append(bytes)) {
      cut(context, handler.refuse(HttpResponseStatus.SERVICE_UNAVAILABLE.code()));
      return;
    }
    if (current.isTooLong()) {
      cut(context, handler.refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE.code()));
      return;
    }
    if (part instanceof LastHttpContent) {
      current.complete();
    }
    boolean needsAdmission = current.isLarge() && current.admission() != Admission.GIVEN;
    if (needsAdmission && current.admission() == Admission.NOT_ASKED) {
      ask(context, current);
    }
    if (needsAdmission || (current.isWhole() && current.admission() == Admission.ASKED)) {
      context.channel().config().setAutoRead(false);
    } else if (current.isWhole()) {
      handOn(context, current);
    }
  }

  private void ask(ChannelHandlerContext context, IncomingRequest current) {
    current.asked();
    handlers.execute(() -> {
      BodyAdmission admission = admission(current.head());
      context
          .executor()
          .execute(() -> {
            // The connection may have ended, or the request have been cut off.
            if (incoming == current) {
              admit(context, current, admission);
            }
          });
    });
  }

  private BodyAdmission admission(HttpRequest head) {
    try {
      return handler.admit(head);
    } catch (Exception e) {
      LOG.error("{} {} failed", head.method(), head.path(), e);
      return new BodyAdmission.Refused(new HttpResponse(500, Map.of(), new byte[0]));
    }
  }

  private void admit(
      ChannelHandlerContext context, IncomingRequest current, BodyAdmission admission) {
    switch (admission) {
      case BodyAdmission.Refused refused ->
          cut(context, ContentCoding.apply(current.head(), refused.answer(), config.compression()));
      case BodyAdmission.UpTo most -> {
        current.admitted(most.maxBytes());
        if (current.isTooLong()) {
          cut(context, handler.refuse(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE.code()));
        } else if (current.isWhole()) {
          handOn(context, current);
        } else {
          if (current.head().headers().contains(HttpHeaderNames.EXPECT)) {
            context.writeAndFlush(
                new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
          }
          decoder.readOn();
        }
      }
    }
  }

  private void handOn(ChannelHandlerContext context, IncomingRequest current) {
    incoming = null;
    context.fireChannelRead(new Whole(current.request(), current.keepAlive(), current));
  }

  /** The rest of what is cut may still be under way; it is read and thrown away. */
  private void cut(ChannelHandlerContext context, HttpResponse answer) {
    cut = true;
    forget();
    context.fireChannelRead(new Cut(answer));
    decoder.discard();
  }

  private void forget() {
    IncomingRequest current = incoming;
    if (current != null) {
      incoming = null;
      current.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    forget();
    BodyBudget.Share held = unfinished;
    if (held != null) {
      held.close();
    }
    context.fireChannelInactive();
  }
}
