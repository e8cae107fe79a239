package im.hongyan.wire.message;

/**
 * What a user wants of a conversation's messages, as {@code recvMsgOpt} says it (messaging.md 4).
 */
public final class ReceiveOption {
  /** Messages and offline pushes. */
  public static final int RECEIVE = 0;

  /** No messages. */
  public static final int NOT_RECEIVE = 1;

  /** Messages, but no offline pushes. */
  public static final int NOT_NOTIFY = 2;

  private ReceiveOption() {}
}
