package im.hongyan.standalone.sync;

import im.hongyan.proto.msg.ClearConversationsMsgReq;
import im.hongyan.proto.msg.ClearConversationsMsgResp;
import im.hongyan.proto.msg.DeleteMsgsReq;
import im.hongyan.proto.msg.DeleteMsgsResp;
import im.hongyan.proto.msg.DeleteSyncOpt;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkConversationAsReadResp;
import im.hongyan.proto.msg.MarkMsgsAsReadReq;
import im.hongyan.proto.msg.MarkMsgsAsReadResp;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.msg.RevokeMsgResp;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqResp;
import im.hongyan.proto.msg.UserClearAllMsgReq;
import im.hongyan.proto.msg.UserClearAllMsgResp;
import java.util.List;

/**
 * The routes that change messages (rest-message.md 6.6 to 6.13), called so that the user's other
 * devices are notified. An answer with an error is thrown.
 */
record MessageRoutes(DeviceRoutes routes, String userId) {
  void markConversation(String conversation, long seq) {
    routes.call(
        "/msg/mark_conversation_as_read",
        MarkConversationAsReadReq.newBuilder()
            .setConversationID(conversation)
            .setUserID(userId)
            .setHasReadSeq(seq)
            .build(),
        MarkConversationAsReadResp.getDefaultInstance());
  }

  void markMessages(String conversation, List<Long> seqs) {
    routes.call(
        "/msg/mark_msgs_as_read",
        MarkMsgsAsReadReq.newBuilder()
            .setConversationID(conversation)
            .setUserID(userId)
            .addAllSeqs(seqs)
            .build(),
        MarkMsgsAsReadResp.getDefaultInstance());
  }

  void setReadSeq(String conversation, long seq) {
    routes.call(
        "/msg/set_conversation_has_read_seq",
        SetConversationHasReadSeqReq.newBuilder()
            .setConversationID(conversation)
            .setUserID(userId)
            .setHasReadSeq(seq)
            .build(),
        SetConversationHasReadSeqResp.getDefaultInstance());
  }

  void revoke(String conversation, long seq) {
    routes.call(
        "/msg/revoke_msg",
        RevokeMsgReq.newBuilder()
            .setConversationID(conversation)
            .setUserID(userId)
            .setSeq(seq)
            .build(),
        RevokeMsgResp.getDefaultInstance());
  }

  void delete(String conversation, List<Long> seqs, boolean everybody) {
    routes.call(
        "/msg/delete_msgs",
        DeleteMsgsReq.newBuilder()
            .setConversationID(conversation)
            .setUserID(userId)
            .addAllSeqs(seqs)
            .setDeleteSyncOpt(option(everybody))
            .build(),
        DeleteMsgsResp.getDefaultInstance());
  }

  void clear(List<String> conversations, boolean everybody) {
    routes.call(
        "/msg/clear_conversation_msg",
        ClearConversationsMsgReq.newBuilder()
            .addAllConversationIDs(conversations)
            .setUserID(userId)
            .setDeleteSyncOpt(option(everybody))
            .build(),
        ClearConversationsMsgResp.getDefaultInstance());
  }

  void clearAll() {
    routes.call(
        "/msg/user_clear_all_msg",
        UserClearAllMsgReq.newBuilder().setUserID(userId).setDeleteSyncOpt(option(false)).build(),
        UserClearAllMsgResp.getDefaultInstance());
  }

  private static DeleteSyncOpt option(boolean everybody) {
    return DeleteSyncOpt.newBuilder().setIsSyncSelf(!everybody).setIsSyncOther(everybody).build();
  }
}
