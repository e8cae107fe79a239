package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.TestSeeds;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Proves by some thousand random conversations what {@link GatewayHttpProbe} says of a connection:
 * rest-account.md 0.1 to 0.8 hold against clients that send anything, or nothing more.
 */
class GatewayHttpRandomTest {
  private static final int INPUTS = 4_000;
  private static final int MOST_STEPS = 16;
  private static final String[] BODIES = {
    "{}",
    "{\"userIDs\":[\"a\",\"b\"]}",
    "{\"userIDs\":null",
    "[]",
    "null",
    "",
    "{}{}",
    "\u0000",
    "{\"a\":1e400}",
  };

  @Test
  void whateverClientsSendEachRequestIsAnsweredAndEachBufferFreed() {
    for (long seed : TestSeeds.given(INPUTS).toArray()) {
      byte[] input = input(new Random(seed));
      try {
        GatewayHttpProbe.run(input);
      } catch (Throwable e) {
        throw new AssertionError(TestSeeds.name(seed) + ": " + HexFormat.of().formatHex(input), e);
      }
    }
  }

  /** Mostly steps that keep the connection open, since a broken one teaches little. */
  private static byte[] input(Random random) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.write(random.nextInt(2));
    for (int steps = random.nextInt(MOST_STEPS); steps > 0; steps--) {
      boolean tame = random.nextInt(8) > 0;
      int what = tame ? new int[] {1, 1, 2, 9, 10, 13, 14}[random.nextInt(7)] : random.nextInt(16);
      byte[] bytes = new byte[random.nextInt(random.nextInt(8) == 0 ? 255 : 40)];
      random.nextBytes(bytes);
      if (tame && what != 10) {
        byte[] body = BODIES[random.nextInt(BODIES.length)].getBytes(StandardCharsets.UTF_8);
        bytes = new byte[1 + body.length];
        bytes[0] = (byte) random.nextInt(256);
        System.arraycopy(body, 0, bytes, 1, body.length);
      }
      input.write(what | random.nextInt(4) << 4);
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
