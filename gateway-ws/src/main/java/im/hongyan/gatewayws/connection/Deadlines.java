package im.hongyan.gatewayws.connection;

import im.hongyan.gatewayws.metrics.EndReason;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection whose handshake takes too long, that is silent, or that takes nothing of what
 * waits for it; pings browsers (websocket.md 5). Only whole messages count as activity, so that a
 * client which drips bytes ends too. Lives in the event loop and is asked by its sweep.
 */
public final class Deadlines extends ChannelDuplexHandler {
  private final GatewayLoop loop;
  private final Timeouts timeouts;
  private final GatewayMeters meters;
  private @Nullable Channel channel;
  private @Nullable ClientConnection connection;
  private boolean pingsWeb;
  private long activeNanos = System.nanoTime();
  private long pingedNanos = activeNanos;
  private long stuckNanos;
  private long fullNanos;
  private long written;
  private long stuckAt;
  private long stuckProgress;

  /** Starts the deadlines of a channel that was just accepted. */
  public Deadlines(GatewayLoop loop, Timeouts timeouts, GatewayMeters meters) {
    this.loop = loop;
    this.timeouts = timeouts;
    this.meters = meters;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
    loop.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    loop.unwatch(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    loop.unwatch(this);
    super.channelInactive(context);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    fullNanos = context.channel().isWritable() ? 0 : System.nanoTime();
    super.channelWritabilityChanged(context);
  }

  /** The handshake was answered. */
  public void opened(ClientConnection opened, boolean browser) {
    connection = opened;
    pingsWeb = browser;
    touch();
    pingedNanos = activeNanos;
  }

  /** A whole message was received, or answered: while one is being answered no silence counts. */
  void touch() {
    activeNanos = System.nanoTime();
  }

  void check(long now) {
    Channel checked = channel;
    if (checked == null) {
      return;
    }
    ClientConnection open = connection;
    if (open != null) {
      check(open, checked, now);
    } else if (now - activeNanos > timeouts.handshake().toNanos()) {
      meters.closed(EndReason.HANDSHAKE);
      // Under TLS the end itself may take a while: it is counted once.
      channel = null;
      checked.close();
    }
  }

  private void check(ClientConnection open, Channel checked, long now) {
    open.sending();
    if (takesNothing(checked, now)) {
      open.abort(EndReason.SLOW);
    } else if (!open.answering() && now - activeNanos > timeouts.read().toNanos()) {
      open.abort(EndReason.SILENT);
    } else if (pingsWeb && now - pingedNanos > timeouts.webPing().toNanos()) {
      pingedNanos = now;
      checked.writeAndFlush(new PingWebSocketFrame());
    }
  }

  /**
   * Counts what is written, since buffers that wait cannot be distinguished: they are used again.
   */
  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    written++;
    super.write(context, message, promise);
  }

  /** Whether the socket took nothing of what waits, or too much has waited, for too long. */
  private boolean takesNothing(Channel checked, long now) {
    long limit = timeouts.write().toNanos();
    if (fullNanos != 0 && now - fullNanos > limit) {
      return true;
    }
    ChannelOutboundBuffer waiting = checked.unsafe().outboundBuffer();
    if (waiting == null || waiting.isEmpty()) {
      stuckNanos = 0;
      return false;
    }
    long taken = written - waiting.size();
    long progress = waiting.currentProgress();
    if (stuckNanos == 0 || taken != stuckAt || progress != stuckProgress) {
      stuckNanos = now;
      stuckAt = taken;
      stuckProgress = progress;
    }
    return now - stuckNanos > limit;
  }
}
