package im.hongyan.kit.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection whose other end is too slow: with the first byte of a request, its end, or
 * taking an answer. Our own work on an answer is not timed. Stands before the decoder, so that
 * headers which trickle count; used on the connection's event loop only.
 */
final class HttpTimeoutHandler extends ChannelInboundHandlerAdapter {
  private static final Duration IDLE = Duration.ofSeconds(75);
  private static final Duration TAKE_ANSWER = Duration.ofSeconds(75);
  private static final Duration LINGER = Duration.ofSeconds(5);

  private final Duration requestTimeout;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Future<?> end;
  private boolean idle;

  HttpTimeoutHandler(Duration requestTimeout) {
    this.requestTimeout = requestTimeout;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    awaitRequest();
  }

  @Override
  public void channelRead(ChannelHandlerContext reading, Object message) {
    if (idle) {
      idle = false;
      endAfter(requestTimeout);
    }
    reading.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ended) {
    cancel();
    ended.fireChannelInactive();
  }

  /** Whether no request has begun to arrive. */
  boolean idle() {
    return idle;
  }

  void awaitRequest() {
    idle = true;
    endAfter(IDLE);
  }

  void requestArrived() {
    idle = false;
    cancel();
  }

  void answerIsReady() {
    endAfter(TAKE_ANSWER);
  }

  /** After the last answer: time for the other end to read it before the connection is gone. */
  void linger() {
    endAfter(LINGER);
  }

  private void endAfter(Duration limit) {
    cancel();
    ChannelHandlerContext current = context;
    if (current != null && current.channel().isOpen()) {
      end =
          current
              .executor()
              .schedule(() -> current.close(), limit.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void cancel() {
    if (end != null) {
      end.cancel(false);
      end = null;
    }
  }
}
