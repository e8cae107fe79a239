package im.hongyan.bench.check;

import im.hongyan.proto.sdkws.MsgData;

/**
 * A message as one client saw it.
 *
 * @param seq place in its conversation; 0 for one that has none
 * @param clientMsgId empty for a placeholder
 * @param sendTime the server's time in milliseconds
 * @param status as in the protocol; 4 is deleted or a placeholder
 */
public record Copy(
    long seq, String clientMsgId, String serverMsgId, String sendId, long sendTime, int status) {
  private static final int DELETED = 4;

  /** What a client keeps of a message. */
  public static Copy of(MsgData message) {
    return new Copy(
        message.getSeq(),
        message.getClientMsgID(),
        message.getServerMsgID(),
        message.getSendID(),
        message.getSendTime(),
        message.getStatus());
  }

  /** Whether this means a message that is said never to have been there. */
  public boolean isPlaceholder() {
    return status == DELETED && clientMsgId.isEmpty();
  }

  /** Whether both are the same message; the status may change on its way. */
  public boolean sameMessage(Copy other) {
    return seq == other.seq
        && clientMsgId.equals(other.clientMsgId)
        && serverMsgId.equals(other.serverMsgId)
        && sendId.equals(other.sendId)
        && sendTime == other.sendTime;
  }
}
