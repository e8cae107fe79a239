package im.hongyan.kit.net;

import io.netty.buffer.ByteBuf;

/** Keeps what decoders hold between reads small. Stateless; for use by the buffer's owner. */
public final class ReadBuffers {
  private static final int SMALL_BYTES = 512;

  private ReadBuffers() {}

  /** Moves what is left of a read into less memory, in place, where it uses less than half. */
  public static void shrink(ByteBuf left) {
    int bytes = left.readableBytes();
    if (bytes == 0
        || left.capacity() <= SMALL_BYTES
        || bytes > left.capacity() / 2
        || left.refCnt() != 1) {
      return;
    }
    left.discardReadBytes();
    left.capacity(Math.max(bytes, SMALL_BYTES / 2));
  }
}
