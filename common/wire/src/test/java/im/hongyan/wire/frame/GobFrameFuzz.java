package im.hongyan.wire.frame;

import im.hongyan.wire.gob.MalformedFrameException;

/** Fuzz target: any bytes are a frame that comes back, or a {@link MalformedFrameException}. */
public final class GobFrameFuzz {
  private static final GobFrameCodec CODEC = new GobFrameCodec();

  private GobFrameFuzz() {}

  /** Called by the fuzzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    FrameFuzzing.roundTrip(CODEC, input);
  }
}
