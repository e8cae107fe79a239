package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.TestSeeds;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Proves by some thousand random conversations what {@link InboundProbe} says of a connection:
 * websocket.md 2, 4.1 and 5 hold against clients that send anything.
 */
class InboundRandomTest {
  private static final int INPUTS = 4_000;
  private static final int MOST_STEPS = 24;

  @Test
  void whateverClientsSendEachRequestIsAnsweredAndEachBufferFreed() {
    for (long seed : TestSeeds.given(INPUTS).toArray()) {
      byte[] input = input(new Random(seed));
      try {
        InboundProbe.run(input);
      } catch (Throwable e) {
        throw new AssertionError(TestSeeds.name(seed) + ": " + HexFormat.of().formatHex(input), e);
      }
    }
  }

  /** Mostly steps that keep the connection open, since a broken one teaches little. */
  private static byte[] input(Random random) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.write(random.nextInt(16));
    for (int steps = random.nextInt(MOST_STEPS); steps > 0; steps--) {
      boolean tame = random.nextInt(20) > 0;
      int what = tame ? new int[] {2, 2, 2, 4, 6, 7, 7}[random.nextInt(7)] : random.nextInt(16);
      int flags = random.nextInt(8) << 4;
      byte[] bytes = new byte[random.nextInt(random.nextInt(8) == 0 ? 255 : 40)];
      random.nextBytes(bytes);
      if (tame && bytes.length > 0 && (bytes[0] & 7) == 3) {
        bytes[0]--;
      }
      input.write(what | (tame ? flags & 0x30 : flags));
      input.write(bytes.length);
      input.writeBytes(bytes);
    }
    return input.toByteArray();
  }

  @Test
  void theProbeLooksAtWhatItShould() {
    // Otherwise a build without its settings would count nothing.
    assertThat(io.netty.buffer.ByteBufAllocator.DEFAULT)
        .isInstanceOf(io.netty.buffer.UnpooledByteBufAllocator.class);
  }
}
