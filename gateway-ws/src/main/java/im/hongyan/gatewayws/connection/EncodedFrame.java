package im.hongyan.gatewayws.connection;

import im.hongyan.wire.frame.ResponseFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Envelopes as whole WebSocket frames: head and payload in one direct buffer, which the socket
 * takes without a copy and which connections can share. Stateless.
 */
public final class EncodedFrame {
  private static final int FIN_BINARY = 0x82;
  private static final int SHORT_LENGTH = 126;
  private static final int LONG_LENGTH = 127;
  private static final int MAX_HEAD_BYTES = 10;

  private EncodedFrame() {}

  /** An envelope as a frame; the caller owns the buffer. */
  public static ByteBuf of(ResponseFrame envelope, FrameEncoding form, ByteBufAllocator allocator) {
    return binary(form.encode(envelope), allocator);
  }

  /** A payload as a frame; the caller owns the buffer. */
  public static ByteBuf binary(byte[] payload, ByteBufAllocator allocator) {
    ByteBuf frame = allocator.directBuffer(MAX_HEAD_BYTES + payload.length);
    frame.writeByte(FIN_BINARY);
    if (payload.length < SHORT_LENGTH) {
      frame.writeByte(payload.length);
    } else if (payload.length <= 0xffff) {
      frame.writeByte(SHORT_LENGTH).writeShort(payload.length);
    } else {
      frame.writeByte(LONG_LENGTH).writeLong(payload.length);
    }
    return frame.writeBytes(payload);
  }
}
