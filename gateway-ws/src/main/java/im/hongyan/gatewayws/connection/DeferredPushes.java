package im.hongyan.gatewayws.connection;

import io.netty.buffer.ByteBuf;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Pushes that wait until a connection can take them: the newest of each conversation, since the
 * client pulls what lies between. Owns its frames. Single-threaded.
 */
final class DeferredPushes {
  private static final int MAX_KEYS = 1_000;

  private final Map<String, ByteBuf> newest = new LinkedHashMap<>();
  private final int mostBytes;
  private int bytes;

  DeferredPushes(int mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Keeps a frame instead of an older one with its key; false when too many wait already. */
  boolean defer(String key, ByteBuf frame) {
    ByteBuf older = newest.remove(key);
    if (older != null) {
      bytes -= older.readableBytes();
      older.release();
    }
    if (newest.size() >= MAX_KEYS
        || (!newest.isEmpty() && bytes + frame.readableBytes() > mostBytes)) {
      frame.release();
      return false;
    }
    bytes += frame.readableBytes();
    newest.put(key, frame);
    return true;
  }

  /** Hands frames over, the one that waits longest first, as long as they are taken. */
  void handOver(Predicate<ByteBuf> taker) {
    Iterator<ByteBuf> frames = newest.values().iterator();
    while (frames.hasNext()) {
      ByteBuf frame = frames.next();
      int length = frame.readableBytes();
      if (!taker.test(frame)) {
        return;
      }
      bytes -= length;
      frames.remove();
    }
  }

  /** Bytes of all that wait. */
  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return newest.isEmpty();
  }

  void release() {
    newest.values().forEach(ByteBuf::release);
    newest.clear();
  }
}
