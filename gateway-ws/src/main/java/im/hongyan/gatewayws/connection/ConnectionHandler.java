package im.hongyan.gatewayws.connection;

import im.hongyan.gatewayws.request.Requests;
import im.hongyan.gatewayws.request.TextHeartbeat;
import im.hongyan.wire.frame.MalformedFrameException;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client sends on its connection: requests one after the other, heartbeats at once
 * (websocket.md 4.1, 5). Lives in the channel's event loop.
 */
public final class ConnectionHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionHandler.class);
  private static final int MAX_WAITING = 32;

  private final ClientConnection connection;
  private final Requests requests;
  private final int maxInflatedBytes;
  private final Deque<RequestFrame> waiting = new ArrayDeque<>();
  private boolean answering;

  /** Creates the handler of one connection. */
  public ConnectionHandler(ClientConnection connection, Requests requests, int maxInflatedBytes) {
    this.connection = connection;
    this.requests = requests;
    this.maxInflatedBytes = maxInflatedBytes;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    switch (frame) {
      case BinaryWebSocketFrame binary -> request(context, binary);
      case TextWebSocketFrame text -> heartbeat(context, text);
      case PingWebSocketFrame ping ->
          context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
      case PongWebSocketFrame _ -> {}
      case CloseWebSocketFrame close -> echoClose(context, close);
      default -> connection.close(WebSocketCloseStatus.PROTOCOL_ERROR);
    }
  }

  private static void echoClose(ChannelHandlerContext context, CloseWebSocketFrame close) {
    context.writeAndFlush(close.retain()).addListener(io.netty.channel.ChannelFutureListener.CLOSE);
  }

  private void heartbeat(ChannelHandlerContext context, TextWebSocketFrame text) {
    var heard = TextHeartbeat.read(text.text());
    if (heard.isEmpty()) {
      connection.close(WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
    } else if (!heard.get().pong().isEmpty()) {
      context.writeAndFlush(new TextWebSocketFrame(heard.get().pong()));
    }
  }

  private void request(ChannelHandlerContext context, BinaryWebSocketFrame frame) {
    RequestFrame request;
    try {
      request = connection.form().decode(ByteBufUtil.getBytes(frame.content()), maxInflatedBytes);
    } catch (MalformedFrameException e) {
      LOG.debug("{} sent a malformed frame: {}", connection.userId(), e.getMessage());
      connection.close(WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
      return;
    }
    if (!requests.accepts(connection, request)) {
      connection.close(WebSocketCloseStatus.POLICY_VIOLATION);
      return;
    }
    waiting.addLast(request);
    if (waiting.size() >= MAX_WAITING) {
      context.channel().config().setAutoRead(false);
    }
    answerNext(context);
  }

  private void answerNext(ChannelHandlerContext context) {
    if (answering || waiting.isEmpty()) {
      return;
    }
    answering = true;
    requests.handle(
        connection,
        waiting.removeFirst(),
        reply -> context.executor().execute(() -> answered(context, reply)));
  }

  private void answered(ChannelHandlerContext context, ResponseFrame reply) {
    connection.send(reply);
    answering = false;
    if (waiting.size() < MAX_WAITING / 2) {
      context.channel().config().setAutoRead(true);
    }
    answerNext(context);
  }

  /** Silence for 30 s ends a connection, unless a request of it is being answered. */
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent && !answering) {
      context.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof TooLongFrameException) {
      connection.close(WebSocketCloseStatus.MESSAGE_TOO_BIG);
    } else if (!(cause instanceof CorruptedWebSocketFrameException)) {
      LOG.debug("connection of {} ends", connection.userId(), cause);
      context.close();
    }
  }
}
