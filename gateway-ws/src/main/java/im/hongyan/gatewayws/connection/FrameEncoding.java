package im.hongyan.gatewayws.connection;

import im.hongyan.wire.frame.FrameCodec;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.frame.GobFrameCodec;
import im.hongyan.wire.frame.JsonFrameCodec;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;
import im.hongyan.wire.gob.MalformedFrameException;
import im.hongyan.wire.gzip.Gzip;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a client's envelopes look. */
public record FrameEncoding(boolean json, boolean gzip) {
  private static final FrameCodec GOB = new GobFrameCodec();
  private static final FrameCodec JSON = new JsonFrameCodec();

  private static final List<FrameEncoding> ALL =
      List.of(
          new FrameEncoding(false, false),
          new FrameEncoding(false, true),
          new FrameEncoding(true, false),
          new FrameEncoding(true, true));

  /** The form, always the same object. */
  public static FrameEncoding of(boolean json, boolean gzip) {
    return ALL.get((json ? 2 : 0) + (gzip ? 1 : 0));
  }

  private FrameCodec codec() {
    return json ? JSON : GOB;
  }

  /** Most data of an answer that a client is likely to take in this form. */
  public int maxDataBytes() {
    if (gzip) {
      return FrameLimits.MAX_COMPRESSED_DATA_BYTES;
    }
    return json ? FrameLimits.MAX_DATA_BYTES : FrameLimits.MAX_PLAIN_DATA_BYTES;
  }

  /** The bytes of an envelope. */
  public byte[] encode(ResponseFrame frame) {
    byte[] bytes = codec().encodeResponse(frame);
    return gzip ? Gzip.compress(bytes) : bytes;
  }

  /** A request without its gzip. */
  byte[] inflate(byte[] bytes, int maxInflatedBytes) throws MalformedFrameException {
    return gzip ? Gzip.inflate(bytes, maxInflatedBytes) : bytes;
  }

  /** A request without its gzip; null where it would be longer than a bound. */
  byte @Nullable [] inflateWithin(byte[] bytes, int maxInflatedBytes)
      throws MalformedFrameException {
    if (gzip) {
      return Gzip.inflateWithin(bytes, maxInflatedBytes);
    }
    return bytes.length <= maxInflatedBytes ? bytes : null;
  }

  /** The envelope in bytes that were inflated. */
  RequestFrame decode(byte[] inflated) throws MalformedFrameException {
    return codec().decodeRequest(inflated);
  }
}
