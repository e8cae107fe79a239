package im.hongyan.wire.message;

/** Who a message comes from, as {@code msgFrom} says it (protobuf/common.md). */
public final class MessageSource {
  public static final int USER = 100;
  public static final int SYSTEM = 200;

  private MessageSource() {}
}
