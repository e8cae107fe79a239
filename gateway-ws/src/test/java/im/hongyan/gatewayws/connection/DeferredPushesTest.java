package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** Proves that pushes which wait for a client are bounded in number and in bytes. */
class DeferredPushesTest {
  private static ByteBuf frame(int bytes) {
    return Unpooled.wrappedBuffer(new byte[bytes]);
  }

  @Test
  void theNewestOfEachConversationWaitsWithinTheBytes() {
    DeferredPushes waiting = new DeferredPushes(100);
    ByteBuf older = frame(60);
    assertThat(waiting.defer("a", older)).isTrue();
    assertThat(waiting.defer("a", frame(50))).isTrue();
    assertThat(older.refCnt()).isZero();
    assertThat(waiting.defer("b", frame(50))).isTrue();
    assertThat(waiting.bytes()).isEqualTo(100);
    ByteBuf more = frame(1);
    assertThat(waiting.defer("c", more)).isFalse();
    assertThat(more.refCnt()).isZero();
    waiting.handOver(frame -> frame.readableBytes() > 1 && frame.release());
    assertThat(waiting.bytes()).isZero();
    assertThat(waiting.isEmpty()).isTrue();
  }

  @Test
  void oneThatIsLargerThanAllMayWaitAlone() {
    DeferredPushes waiting = new DeferredPushes(100);
    assertThat(waiting.defer("a", frame(1_000))).isTrue();
    assertThat(waiting.defer("b", frame(1))).isFalse();
    waiting.release();
  }
}
