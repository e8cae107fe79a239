package im.hongyan.wire.gzip;

import im.hongyan.wire.gob.MalformedFrameException;
import java.util.Arrays;

/** Fuzz target: any bytes inflate within the bound or are refused; what we compress comes back. */
public final class GzipFrameFuzz {
  private static final int MAX_BYTES = 64 * 1024;

  private GzipFrameFuzz() {}

  /** Called by the fuzzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    try {
      if (Gzip.inflate(input, MAX_BYTES).length > MAX_BYTES) {
        throw new AssertionError("beyond the bound");
      }
    } catch (MalformedFrameException refused) {
      if (refused.getMessage() == null) {
        throw new AssertionError("no reason", refused);
      }
    }
    try {
      if (!Arrays.equals(input, Gzip.inflate(Gzip.compress(input), input.length))) {
        throw new AssertionError("the data changed on its way");
      }
    } catch (MalformedFrameException ours) {
      throw new AssertionError("our own stream is refused", ours);
    }
  }
}
