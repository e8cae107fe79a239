package im.hongyan.wire.gob;

/**
 * A frame that is not what the protocol allows. Whatever bytes arrive, this is the only exception
 * of the frame codecs; the gateway then ends the connection. It has no stack trace, since it is the
 * peer's fault and not ours.
 */
public final class MalformedFrameException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The reason holds nothing of the frame's content. */
  public MalformedFrameException(String reason) {
    super(reason, null, false, false);
  }
}
