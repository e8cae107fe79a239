package im.hongyan.kit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.net.EdgeAllocator.ExhaustedException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that an edge's buffers stay within their bound, that what does not fit is refused with the
 * one exception, and that the edge serves again once buffers were released.
 */
class EdgeAllocatorTest {
  private static final int MAX_BYTES = 4 << 20;
  private static final int CHUNK_BYTES = 512 << 10;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final EdgeAllocator allocator = new EdgeAllocator("test", MAX_BYTES, 1, meters);
  private final List<ByteBuf> held = new ArrayList<>();

  @AfterEach
  void release() {
    held.forEach(ByteBuf::release);
  }

  private void hold(int bytes) {
    held.add(allocator.directBuffer(bytes));
  }

  private void fill(int bytes) {
    assertThatThrownBy(
            () -> {
              while (held.size() < 2 * MAX_BYTES / bytes) {
                hold(bytes);
              }
            })
        .isInstanceOf(ExhaustedException.class)
        .hasNoCause();
  }

  @Test
  void chunksAreSmallAgainstTheBound() {
    assertThat(allocator.metric().chunkSize()).isEqualTo(CHUNK_BYTES);
    assertThat(new EdgeAllocator("large", 1L << 30, 2, meters).metric().chunkSize())
        .isEqualTo(4 << 20);
    assertThat(new EdgeAllocator("tiny", 1, 2, meters).metric().chunkSize()).isEqualTo(8_192);
  }

  @Test
  void buffersBeyondTheBoundAreRefusedAndTheRestIsServedAfterARelease() {
    fill(64 << 10);
    assertThat(allocator.usedBytes()).isBetween((long) MAX_BYTES, MAX_BYTES + 2L * CHUNK_BYTES);
    assertThat(meters.get("edge_buffer_bytes").tag("edge", "test").gauge().value())
        .isEqualTo((double) allocator.usedBytes());
    assertThat(meters.get("edge_buffer_rejected").tag("edge", "test").counter().count())
        .isEqualTo(1);
    release();
    held.clear();
    hold(64 << 10);
    assertThat(allocator.usedBytes()).isLessThan(MAX_BYTES);
  }

  @Test
  void oneBufferLargerThanAllIsRefused() {
    assertThatThrownBy(() -> hold(MAX_BYTES + 1)).isInstanceOf(ExhaustedException.class);
    hold(MAX_BYTES - CHUNK_BYTES);
    assertThatThrownBy(() -> hold(2 * CHUNK_BYTES)).isInstanceOf(ExhaustedException.class);
  }

  /** Each chunk keeps one long-lived buffer, so that none goes back; new ones still find room. */
  @Test
  void longLivedBuffersDoNotShutTheEdge() {
    int bytes = 32 << 10;
    fill(bytes);
    for (int i = held.size() - 1; i >= 0; i--) {
      if (i % (CHUNK_BYTES / bytes) != 0) {
        held.remove(i).release();
      }
    }
    assertThat(allocator.usedBytes()).isGreaterThanOrEqualTo(MAX_BYTES);
    for (int i = 0; i < MAX_BYTES / bytes / 4; i++) {
      hold(bytes);
    }
    assertThat(allocator.usedBytes()).isLessThanOrEqualTo(MAX_BYTES + 2L * CHUNK_BYTES);
  }
}
