package im.hongyan.wire.message;

/** Status of a message (protobuf/common.md); an open set, since clients write it too. */
public final class MessageStatus {
  public static final int SENDING = 1;
  public static final int SENT = 2;
  public static final int FAILED = 3;

  /** Deleted, or a placeholder where no message is; clients keep it and do not show it. */
  public static final int DELETED = 4;

  private MessageStatus() {}
}
