package im.hongyan.wire.frame;

import im.hongyan.wire.gob.MalformedFrameException;

/** Fuzz target: any bytes are a frame that comes back, or a {@link MalformedFrameException}. */
public final class JsonFrameFuzz {
  private static final JsonFrameCodec CODEC = new JsonFrameCodec();

  private JsonFrameFuzz() {}

  /** Called by the fuzzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    FrameFuzzing.roundTrip(CODEC, input);
  }
}
