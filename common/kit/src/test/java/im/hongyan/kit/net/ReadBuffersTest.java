package im.hongyan.kit.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves that what is left of many reads fits into an edge whose buffers they would fill. */
class ReadBuffersTest {
  private static final int READ = 64 << 10;
  private final EdgeAllocator allocator =
      new EdgeAllocator("test", 4 << 20, 1, new SimpleMeterRegistry());

  private ByteBuf read(int left) {
    ByteBuf buffer = allocator.directBuffer(READ);
    buffer.writeZero(READ - left).writeCharSequence("a".repeat(left), StandardCharsets.US_ASCII);
    return buffer.skipBytes(READ - left);
  }

  @Test
  void whatIsLeftIsKeptInLittleMemory() {
    List<ByteBuf> held = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      ByteBuf left = read(100);
      ReadBuffers.shrink(left);
      held.add(left);
    }
    assertThat(held)
        .allSatisfy(left ->
            assertThat(left.toString(StandardCharsets.US_ASCII)).isEqualTo("a".repeat(100)));
    held.forEach(ByteBuf::release);
  }

  @Test
  void whatIsSharedOrFullStaysWhereItIs() {
    ByteBuf shared = read(100);
    ByteBuf other = shared.retainedSlice();
    ReadBuffers.shrink(shared);
    assertThat(shared.capacity()).isEqualTo(READ);
    assertThat(other.toString(StandardCharsets.US_ASCII)).isEqualTo("a".repeat(100));
    other.release();
    ByteBuf full = read(READ - 10);
    ReadBuffers.shrink(full);
    assertThat(full.readableBytes()).isEqualTo(READ - 10);
    full.release();
    shared.release();
  }
}
