package im.hongyan.gatewayws.connection;

import im.hongyan.kit.net.ReadBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads frames and reports to its connection how many bytes of a message are held that has not come
 * to its end: the begin of a frame, and fragments before it. Lives in the event loop.
 */
final class CountingFrameDecoder extends WebSocket13FrameDecoder {
  private @Nullable ClientConnection connection;
  private int fragmentBytes;

  CountingFrameDecoder(WebSocketDecoderConfig config) {
    super(config);
  }

  /** Reports to a connection from now on. */
  void serve(ClientConnection served) {
    connection = served;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws Exception {
    super.decode(context, in, out);
    if (!out.isEmpty() && out.getLast() instanceof WebSocketFrame frame && isData(frame)) {
      fragmentBytes = frame.isFinalFragment() ? 0 : fragmentBytes + frame.content().readableBytes();
    }
  }

  /** Control frames may come between fragments. */
  private static boolean isData(WebSocketFrame frame) {
    return frame instanceof BinaryWebSocketFrame
        || frame instanceof ContinuationWebSocketFrame
        || frame instanceof TextWebSocketFrame;
  }

  /** A piece of a frame keeps no more of the read's buffer than it needs. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    ReadBuffers.shrink(internalBuffer());
    super.channelReadComplete(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    super.channelRead(context, message);
    if (connection != null) {
      connection.receiving(actualReadableBytes() + fragmentBytes);
    }
  }
}
