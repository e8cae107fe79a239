package im.hongyan.gatewayws.connection;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/**
 * Pushes of one connection, in their order, of which the first waits for the answer of a call of
 * its user. Owns its frames. Single-threaded.
 */
final class AwaitingPushes {
  private static final int MOST = 1_000;

  private final Deque<Push> pushes = new ArrayDeque<>();
  private final int mostBytes;
  private final BiConsumer<String, ByteBuf> taker;
  private int bytes;

  private record Push(String key, ByteBuf frame, Future<?> answer) {}

  /**
   * Holds nothing yet.
   *
   * @param taker gets what need not wait any longer, with its key
   */
  AwaitingPushes(int mostBytes, BiConsumer<String, ByteBuf> taker) {
    this.mostBytes = mostBytes;
    this.taker = taker;
  }

  /**
   * Keeps a frame behind those that wait, and behind its own answer; hands everything over when it
   * comes to too much.
   */
  void add(String key, ByteBuf frame, Future<?> answer) {
    pushes.addLast(new Push(key, frame, answer));
    bytes += frame.readableBytes();
    if (pushes.size() > MOST || bytes > mostBytes) {
      handOverAll();
    }
  }

  /** Hands over what waits before the first whose answer is awaited still. */
  void handOver() {
    while (!pushes.isEmpty() && pushes.getFirst().answer().isDone()) {
      next();
    }
  }

  /** Hands everything over, whatever it waits for. */
  void handOverAll() {
    while (!pushes.isEmpty()) {
      next();
    }
  }

  private void next() {
    Push first = pushes.removeFirst();
    bytes -= first.frame().readableBytes();
    taker.accept(first.key(), first.frame());
  }

  /** Bytes of all that wait. */
  int bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return pushes.isEmpty();
  }

  void release() {
    pushes.forEach(push -> push.frame().release());
    pushes.clear();
  }
}
