package im.hongyan.gatewayws.connection;

import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.id.Platform;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a user. Written to by any thread; what is written before the handshake was
 * answered waits for it. A client that does not read is closed once too much waits for it.
 */
public final class ClientConnection {
  private static final long MAX_WAITING_BYTES = 4 * 1024 * 1024;

  private final String id;
  private final String userId;
  private final Platform platform;
  private final FrameForm form;
  private final Channel channel;

  /** Touched by the event loop alone; null once the handshake was answered. */
  private @Nullable List<byte[]> early = new ArrayList<>();

  /** Creates a connection whose handshake is not answered yet. */
  public ClientConnection(
      String id, String userId, Platform platform, FrameForm form, Channel channel) {
    this.id = id;
    this.userId = userId;
    this.platform = platform;
    this.form = form;
    this.channel = channel;
  }

  /** Unique id. */
  public String id() {
    return id;
  }

  /** Whose connection it is. */
  public String userId() {
    return userId;
  }

  /** The platform of its token. */
  public Platform platform() {
    return platform;
  }

  /** How its envelopes look. */
  public FrameForm form() {
    return form;
  }

  /** Writes an envelope. */
  public void send(ResponseFrame frame) {
    sendEncoded(form.encode(frame));
  }

  /** Writes an encoded envelope, which may be shared with other connections. */
  public void sendEncoded(byte[] frame) {
    if (channel.eventLoop().inEventLoop()) {
      write(frame);
    } else {
      channel.eventLoop().execute(() -> write(frame));
    }
  }

  private void write(byte[] frame) {
    if (early != null) {
      early.add(frame);
      return;
    }
    var outbound = channel.unsafe().outboundBuffer();
    if (outbound != null && outbound.totalPendingWriteBytes() > MAX_WAITING_BYTES) {
      channel.close();
      return;
    }
    channel.writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(frame)));
  }

  /** The handshake was answered: what waited goes out. Called by the event loop. */
  public void opened() {
    List<byte[]> waited = early;
    early = null;
    if (waited != null) {
      waited.forEach(this::write);
    }
  }

  /** Writes a last envelope and closes. */
  public void sendAndClose(ResponseFrame frame) {
    byte[] bytes = form.encode(frame);
    channel
        .eventLoop()
        .execute(() ->
            channel
                .writeAndFlush(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(bytes)))
                .addListener(ChannelFutureListener.CLOSE));
  }

  /** Closes with a status that tells why. */
  public void close(WebSocketCloseStatus status) {
    channel
        .eventLoop()
        .execute(() ->
            channel
                .writeAndFlush(new CloseWebSocketFrame(status))
                .addListener(ChannelFutureListener.CLOSE));
  }
}
