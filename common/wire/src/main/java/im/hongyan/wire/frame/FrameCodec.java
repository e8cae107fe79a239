package im.hongyan.wire.frame;

import im.hongyan.wire.gob.MalformedFrameException;

/**
 * Turns envelopes into bytes and back, in one of the protocol's encodings, without compression.
 * Implementations are stateless and safe for use by several threads. Arrays that are passed in are
 * only read; arrays that are returned belong to the caller.
 */
public interface FrameCodec {
  /** Encodes a request, as clients do. */
  byte[] encodeRequest(RequestFrame frame);

  /**
   * Decodes a request, as the gateway does.
   *
   * @throws MalformedFrameException for anything that is not a request
   */
  RequestFrame decodeRequest(byte[] bytes) throws MalformedFrameException;

  /** Encodes an answer or push, as the gateway does. */
  byte[] encodeResponse(ResponseFrame frame);

  /**
   * Decodes an answer or push, as clients do.
   *
   * @throws MalformedFrameException for anything that is not one
   */
  ResponseFrame decodeResponse(byte[] bytes) throws MalformedFrameException;
}
