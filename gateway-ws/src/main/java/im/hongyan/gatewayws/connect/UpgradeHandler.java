package im.hongyan.gatewayws.connect;

import im.hongyan.gatewayws.config.GatewayWsConfig;
import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionHandler;
import im.hongyan.gatewayws.connection.ConnectionPipeline;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.connection.Deadlines;
import im.hongyan.gatewayws.connection.FrameEncoding;
import im.hongyan.gatewayws.connection.GatewayLoop;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.kit.http.RequestDecoder;
import im.hongyan.kit.limit.ConcurrencyLimit;
import im.hongyan.kit.net.ConnectionGate;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns an HTTP connection into a user's connection (websocket.md 1): limits, arguments, token,
 * upgrade, in this order. The connection is registered, here and in presence, before its handshake
 * is answered, so that no push is missed between. Lives in the channel's event loop; what blocks
 * runs on a virtual thread.
 */
public final class UpgradeHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(UpgradeHandler.class);

  private final Parts parts;
  private final GatewayLoop loop;
  private final Deadlines deadlines;
  private final RequestDecoder decoder;
  private boolean busy;
  private HalfOpenLimit.@Nullable Place halfOpen;
  private @Nullable InetAddress forwarded;

  /**
   * What all connections of a gateway share.
   *
   * @param handshakes that are being answered, until what follows them is done
   * @param probeSecret by which the gateway knows its own handshake
   * @param opened called with each connection whose handshake was answered; may block
   */
  public record Parts(
      GatewayWsConfig config,
      ConnectionGate gate,
      HalfOpenLimit halfOpen,
      ConcurrencyLimit handshakes,
      String probeSecret,
      ConnectionAdmission admission,
      ConnectionRegistry registry,
      ConnectionHandler.Shared shared,
      Consumer<ClientConnection> opened,
      Executor handlers) {
    GatewayMeters meters() {
      return shared.meters();
    }
  }

  /** Serves one channel, whose pipeline owns it. */
  public UpgradeHandler(
      Parts parts, GatewayLoop loop, Deadlines deadlines, RequestDecoder decoder) {
    this.parts = parts;
    this.decoder = decoder;
    this.loop = loop;
    this.deadlines = deadlines;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    halfOpen = parts.halfOpen().enter(context.channel());
    if (halfOpen == null) {
      context.close();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (halfOpen != null) {
      halfOpen.leave();
      halfOpen = null;
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (halfOpen != null && !busy) {
      halfOpen.holds(decoder.unfinishedBytes());
    }
    context.fireChannelReadComplete();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (request.decoderResult().isFailure() && !busy) {
      decoder.discard();
      HandshakeAnswers.cut(context, status(request.decoderResult().cause()));
      return;
    }
    if (busy) {
      context.close();
      return;
    }
    busy = true;
    if (halfOpen != null) {
      halfOpen.holds(decoder.headBytes());
      halfOpen.beginsAnswer();
    }
    if (ListenerProbe.isProbe(request.headers(), parts.probeSecret())) {
      handshake(context, request).addListener(_ -> context.close());
      return;
    }
    Map<String, List<String>> query = Map.of();
    try {
      query = new QueryStringDecoder(request.uri()).parameters();
      if (parts.registry().size() >= parts.config().limits().connections()) {
        throw ImError.CONN_OVER_MAX_NUM_LIMIT.with("over max conn num limit");
      }
      List<String> forwardedFor = request.headers().getAll("X-Forwarded-For");
      if (!parts.gate().admitForwarded(context.channel(), forwardedFor)) {
        throw ImError.CONN_OVER_MAX_NUM_LIMIT.with("over max conn num limit of an address");
      }
      forwarded = forwarded(context.channel(), forwardedFor);
      String compression = request.headers().get("compression");
      enter(context, request, ConnectArguments.read(query, compression == null ? "" : compression));
    } catch (ImException e) {
      refuse(context, request, ConnectArguments.asksForAnswer(query), e);
    } catch (IllegalArgumentException e) {
      refuse(context, request, false, ImError.CONN_ARGS.with("query is malformed"));
    }
  }

  private static HttpResponseStatus status(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
      case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
      default -> HttpResponseStatus.BAD_REQUEST;
    };
  }

  /** The client's address where it is not the peer's; null where it is. */
  private @Nullable InetAddress forwarded(Channel channel, List<String> forwardedFor) {
    if (forwardedFor.isEmpty()) {
      return null;
    }
    InetAddress peer = ConnectionGate.peer(channel);
    InetAddress client = parts.config().addresses().clientOf(peer, forwardedFor);
    return client.equals(peer) ? null : client;
  }

  private void enter(
      ChannelHandlerContext context, FullHttpRequest request, ConnectArguments arguments) {
    if (!parts.handshakes().enter()) {
      throw ImError.CONN_OVER_MAX_NUM_LIMIT.with("too many handshakes at once");
    }
    request.retain();
    parts
        .handlers()
        .execute(() -> {
          Runnable outcome;
          try {
            outcome = outcome(context, request, arguments);
          } catch (ImException e) {
            outcome = () -> refuseLate(context, request, arguments.answered(), e);
          } catch (RuntimeException e) {
            LOG.error("a handshake failed", e);
            outcome =
                () -> refuseLate(context, request, arguments.answered(), ImError.INTERNAL.bare());
          }
          Runnable answer = outcome;
          context
              .executor()
              .execute(() -> {
                try {
                  answer.run();
                } finally {
                  request.release();
                }
              });
        });
  }

  /** Asks everybody whether the client may connect; what follows is for the event loop. */
  private Runnable outcome(
      ChannelHandlerContext context, FullHttpRequest request, ConnectArguments arguments) {
    ConnectAnswer login = parts.admission().check(arguments);
    if (!HandshakeAnswers.isUpgrade(request)) {
      return () -> {
        parts.handshakes().leave();
        HandshakeAnswers.badRequest(context, request);
      };
    }
    ClientConnection connection = connection(context, arguments, login);
    parts.admission().enter(arguments.operationId(), connection);
    return () -> open(context, request, arguments, connection);
  }

  /** Refuses a handshake that was counted. */
  private void refuseLate(
      ChannelHandlerContext context,
      FullHttpRequest request,
      boolean answered,
      ImException refusal) {
    parts.handshakes().leave();
    refuse(context, request, answered, refusal);
  }

  private ClientConnection connection(
      ChannelHandlerContext context, ConnectArguments arguments, ConnectAnswer login) {
    ClientConnection connection =
        new ClientConnection(
            new ClientConnection.Identity(
                UUID.randomUUID().toString(),
                login.getUserId(),
                arguments.platform(),
                FrameEncoding.of(arguments.json(), arguments.gzip()),
                login.getTokenHash(),
                login.getEpoch(),
                forwarded),
            context.channel(),
            loop,
            parts.meters());
    connection.background(arguments.background());
    // Not this handler, which would live as long as the connection.
    ConnectionRegistry registry = parts.registry();
    context
        .channel()
        .closeFuture()
        .addListener(_ -> {
          registry.remove(connection);
          connection.over();
        });
    return connection;
  }

  private void refuse(
      ChannelHandlerContext context,
      FullHttpRequest request,
      boolean answered,
      ImException refusal) {
    parts.meters().handshake(refusal.code());
    LOG.debug("a client is refused: {} {}", refusal.code(), refusal.detail());
    if (!context.channel().isActive()) {
      return;
    }
    if (!answered || !HandshakeAnswers.isUpgrade(request)) {
      HandshakeAnswers.refuse(context, refusal);
      return;
    }
    handshake(context, request)
        .addListener(done -> {
          if (done.isSuccess()) {
            HandshakeAnswers.refuseUpgraded(context, refusal);
          } else {
            context.close();
          }
        });
  }

  private void open(
      ChannelHandlerContext context,
      FullHttpRequest request,
      ConnectArguments arguments,
      ClientConnection connection) {
    if (!context.channel().isActive()) {
      // Its end may have come before it was registered.
      parts.registry().remove(connection);
      parts.handshakes().leave();
      return;
    }
    handshake(context, request)
        .addListener(done -> {
          if (done.isSuccess()) {
            opened(context, arguments, connection);
          } else {
            parts.handshakes().leave();
            context.close();
          }
        });
  }

  private void opened(
      ChannelHandlerContext context, ConnectArguments arguments, ClientConnection connection) {
    parts.meters().handshake(0);
    ConnectionPipeline.serve(
        context.channel(),
        new ConnectionHandler(connection, deadlines, parts.shared()),
        parts.config().limits().frameBytes());
    if (arguments.answered()) {
      context.writeAndFlush(HandshakeAnswers.success());
    }
    deadlines.opened(connection, connection.platform() == Platform.WEB);
    connection.opened();
    context.pipeline().remove(this);
    LOG.debug("{} connected on {}", connection.userId(), connection.platform());
    parts
        .handlers()
        .execute(() -> {
          try {
            parts.opened().accept(connection);
          } finally {
            parts.handshakes().leave();
          }
        });
  }

  private ChannelFuture handshake(ChannelHandlerContext context, FullHttpRequest request) {
    return ConnectionPipeline.upgrade(
        context.channel(), request, parts.config().limits().frameBytes());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    LOG.debug("connection {} ends", context.channel().remoteAddress(), cause);
    context.close();
  }
}
