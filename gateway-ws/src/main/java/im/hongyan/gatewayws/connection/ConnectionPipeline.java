package im.hongyan.gatewayws.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;

/** How bytes become messages once a client is let in. Stateless; event loops only. */
public final class ConnectionPipeline {
  /** So many are kept as they came, then copied together: a byte as a fragment holds a hundred. */
  private static final int MAX_FRAGMENTS = 64;

  private ConnectionPipeline() {}

  /**
   * Answers a client's upgrade; from then on its bytes are frames. What is none is left to the
   * handler to end, so that answers before it go out first.
   */
  public static ChannelFuture upgrade(Channel channel, FullHttpRequest request, int maxFrameBytes) {
    WebSocketDecoderConfig frames =
        WebSocketDecoderConfig.newBuilder()
            .maxFramePayloadLength(maxFrameBytes)
            .allowExtensions(false)
            .allowMaskMismatch(false)
            .closeOnProtocolViolation(false)
            .build();
    return new WebSocketServerHandshaker13(request.uri(), null, frames) {
      @Override
      protected WebSocketFrameDecoder newWebsocketDecoder() {
        return new CountingFrameDecoder(decoderConfig());
      }
    }.handshake(channel, request);
  }

  /** Hands the messages, all fragments together, to a connection. */
  public static void serve(Channel channel, ConnectionHandler handler, int maxFrameBytes) {
    CountingFrameDecoder decoder = channel.pipeline().get(CountingFrameDecoder.class);
    if (decoder != null) {
      decoder.serve(handler.connection());
    }
    WebSocketFrameAggregator whole = new WebSocketFrameAggregator(maxFrameBytes);
    whole.setMaxCumulationBufferComponents(MAX_FRAGMENTS);
    channel.pipeline().addLast(whole).addLast(handler);
  }
}
