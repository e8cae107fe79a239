package im.hongyan.gatewayws.connection;

import im.hongyan.wire.frame.ResponseFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.HashMap;
import java.util.Map;

/**
 * An envelope for many connections, encoded once per form. Owns one reference of each buffer until
 * it is closed. Used by one thread.
 */
public final class SharedFrame implements AutoCloseable {
  private final ResponseFrame envelope;
  private final Map<FrameEncoding, ByteBuf> encoded = new HashMap<>(4);

  /** Wraps an envelope. */
  public SharedFrame(ResponseFrame envelope) {
    this.envelope = envelope;
  }

  /** The frame for a connection of this form; one reference of it passes to the caller. */
  public ByteBuf in(FrameEncoding form, ByteBufAllocator allocator) {
    return encoded
        .computeIfAbsent(form, f -> EncodedFrame.of(envelope, f, allocator))
        .retainedDuplicate();
  }

  @Override
  public void close() {
    encoded.values().forEach(ByteBuf::release);
    encoded.clear();
  }
}
