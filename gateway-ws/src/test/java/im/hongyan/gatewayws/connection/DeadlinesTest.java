package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.fixture.Loops;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.wire.id.Platform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Proves that a client ends only when its socket takes nothing at all for the write time-out: one
 * that is behind but takes a frame now and then stays, although netty uses the same buffer objects
 * again for what waits next.
 */
class DeadlinesTest {
  private static final Duration LONG = Duration.ofDays(1);
  private static final Duration WRITE = Duration.ofSeconds(10);

  private final GatewayMeters meters = new GatewayMeters(new SimpleMeterRegistry());
  private final Stuck channel = new Stuck();
  private final GatewayLoop loop = Loops.roomy(channel.eventLoop(), 1_000);
  private final Deadlines deadlines =
      new Deadlines(loop, new Timeouts(LONG, LONG, WRITE, LONG), meters);
  private final ByteBuf frame = Unpooled.wrappedBuffer(new byte[10]);
  private long now = System.nanoTime();

  /** A socket that takes what the test tells it to take. */
  private static final class Stuck extends EmbeddedChannel {
    @Override
    protected void doWrite(ChannelOutboundBuffer waiting) {}

    void take() {
      ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
      assertThat(waiting.remove()).isTrue();
    }
  }

  private void open() {
    channel.pipeline().addLast(deadlines);
    deadlines.opened(
        new ClientConnection(
            new ClientConnection.Identity(
                "c",
                "u",
                Platform.ANDROID,
                FrameEncoding.of(false, false),
                ByteString.EMPTY,
                1,
                null),
            channel,
            loop,
            meters),
        false);
  }

  private void write() {
    channel.writeAndFlush(frame.retain());
    channel.runPendingTasks();
  }

  private void look() {
    now += WRITE.toNanos() / 2 + 1;
    deadlines.check(now);
  }

  @Test
  void whoTakesNothingEnds() {
    open();
    write();
    look();
    look();
    assertThat(channel.isOpen()).isTrue();
    look();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whoIsBehindButTakesSomethingStays() {
    open();
    write();
    for (int i = 0; i < 10; i++) {
      look();
      write();
      channel.take();
      assertThat(channel.isOpen()).as("look %d", i).isTrue();
    }
  }
}
