package im.hongyan.messagelog.lane;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.message.MessageStatus;

/**
 * What stays of a message whose content is in no store (docs/sequencing.md, What follows from it):
 * readers get a placeholder for it. Stateless.
 */
public final class Tombstones {
  private Tombstones() {}

  /** Of a message that was deleted for everybody: enough to answer a resend and to sort by time. */
  public static MsgData of(MsgData message) {
    return MsgData.newBuilder()
        .setSendID(message.getSendID())
        .setRecvID(message.getRecvID())
        .setGroupID(message.getGroupID())
        .setSessionType(message.getSessionType())
        .setClientMsgID(message.getClientMsgID())
        .setServerMsgID(message.getServerMsgID())
        .setSendTime(message.getSendTime())
        .setSeq(message.getSeq())
        .setStatus(MessageStatus.DELETED)
        .build();
  }

  /** Of a message that was lost: only that there was one, and about when. */
  public static MsgData lost(long seq, long sendTimeMillis) {
    return MsgData.newBuilder()
        .setSeq(seq)
        .setSendTime(sendTimeMillis)
        .setStatus(MessageStatus.DELETED)
        .build();
  }
}
