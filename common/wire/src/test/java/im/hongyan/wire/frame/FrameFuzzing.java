package im.hongyan.wire.frame;

import im.hongyan.wire.gob.MalformedFrameException;

/** What the fuzz targets of both encodings share. */
final class FrameFuzzing {
  private FrameFuzzing() {}

  /** Decodes; what is accepted must survive encoding and decoding again. */
  static void roundTrip(FrameCodec codec, byte[] input) {
    try {
      RequestFrame request = codec.decodeRequest(input);
      require(request.equals(codec.decodeRequest(codec.encodeRequest(request))));
    } catch (MalformedFrameException refused) {
      require(refused.getMessage() != null);
    }
    try {
      ResponseFrame response = codec.decodeResponse(input);
      require(response.equals(codec.decodeResponse(codec.encodeResponse(response))));
    } catch (MalformedFrameException refused) {
      require(refused.getMessage() != null);
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new AssertionError("the frame changed on its way");
    }
  }
}
