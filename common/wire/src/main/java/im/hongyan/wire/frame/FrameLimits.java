package im.hongyan.wire.frame;

/**
 * How much of an answer or a push clients take (websocket.md 8.2), and what follows for messages.
 * Stateless.
 */
public final class FrameLimits {
  /** Longest message that official SDKs take, as it goes over the wire. */
  public static final int MAX_FRAME_BYTES = 1_048_576;

  /** Longest msgIncr and operationID of a request, since answers repeat them. */
  public static final int MAX_ECHO_CHARACTERS = 2_048;

  /** What an envelope has beside its data: both echoes, as escaped as JSON can make them. */
  private static final int ENVELOPE_BYTES = 32_768;

  /** Most data of an answer whose form is not known: JSON envelopes carry them in base64. */
  public static final int MAX_DATA_BYTES = (MAX_FRAME_BYTES - ENVELOPE_BYTES) / 4 * 3;

  /** Most data for a client that takes them as they are. */
  public static final int MAX_PLAIN_DATA_BYTES = MAX_FRAME_BYTES - ENVELOPE_BYTES;

  /**
   * Most data for a client that takes them compressed, where they become a third at most; where
   * they do not, {@link #MAX_DATA_BYTES} are asked for again.
   */
  public static final int MAX_COMPRESSED_DATA_BYTES = 3 << 20;

  /** Longest message that is accepted: it fits alone into every answer and push, in every form. */
  public static final int MAX_MESSAGE_BYTES = MAX_DATA_BYTES - 16_384;

  private FrameLimits() {}
}
