package im.hongyan.simulation;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import java.util.List;
import java.util.stream.Stream;

/** What clients send in a schedule. */
final class Conversations {
  static final List<String> CHATS =
      List.of("si_a_b", "si_a_c", "sg_g", "si_b_c", "si_a_d", "sg_h", "si_b_d", "si_c_d");
  static final String NOTIFICATIONS = "n_a_b";
  static final List<String> ALL = Stream.concat(CHATS.stream(), Stream.of(NOTIFICATIONS)).toList();

  private Conversations() {}

  /** A message as its client knows it; sending it again is a resend. */
  record Draft(String conversationId, String sendId, String clientMsgId, boolean notifies) {
    String key() {
      return conversationId + "|" + sendId + "|" + clientMsgId;
    }
  }

  static String keyOf(InboundRecord record) {
    return record.getCopies(0).getConversationId()
        + "|"
        + record.getSendId()
        + "|"
        + record.getClientMsgId();
  }

  static InboundRecord record(Draft draft, String serverMsgId, long sendTimeMillis) {
    MsgData message =
        MsgData.newBuilder()
            .setSendID(draft.sendId())
            .setClientMsgID(draft.clientMsgId())
            .setServerMsgID(serverMsgId)
            .setSendTime(sendTimeMillis)
            .build();
    InboundRecord.Builder record =
        InboundRecord.newBuilder()
            .setSendId(draft.sendId())
            .setClientMsgId(draft.clientMsgId())
            .setSendTimeMillis(sendTimeMillis)
            .addCopies(copy(draft.conversationId(), true, message));
    if (draft.notifies()) {
      record.addCopies(copy(NOTIFICATIONS, true, message));
      record.addCopies(copy("n_a_c", false, message));
    }
    return record.build();
  }

  private static Copy copy(String conversationId, boolean stored, MsgData message) {
    return Copy.newBuilder()
        .setConversationId(conversationId)
        .setStored(stored)
        .setMessage(message.toByteString())
        .build();
  }
}
