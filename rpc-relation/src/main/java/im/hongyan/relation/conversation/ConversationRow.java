package im.hongyan.relation.conversation;

import im.hongyan.proto.conversation.Conversation;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;

/**
 * One user's side of a conversation, as far as it differs from what a new row holds.
 *
 * @param type session type
 * @param peerUserId the other user; empty for groups
 * @param groupId empty but for groups
 * @param maxSeq last readable seq, 0 for no bound
 */
public record ConversationRow(
    UserId ownerUserId,
    ConversationId conversationId,
    int type,
    UserId peerUserId,
    GroupId groupId,
    int recvMsgOpt,
    boolean pinned,
    long minSeq,
    long maxSeq) {
  /** A row of a chat of two users as it is when the conversation begins. */
  static ConversationRow ofPair(UserId owner, ConversationId id, int type, UserId peer) {
    return new ConversationRow(owner, id, type, peer, new GroupId(""), 0, false, 0, 0);
  }

  /** The row as clients get it. */
  Conversation info() {
    return Conversation.newBuilder()
        .setOwnerUserID(ownerUserId.value())
        .setConversationID(conversationId.value())
        .setConversationType(type)
        .setUserID(peerUserId.value())
        .setGroupID(groupId.value())
        .setRecvMsgOpt(recvMsgOpt)
        .setIsPinned(pinned)
        .setMinSeq(minSeq)
        .setMaxSeq(maxSeq)
        .build();
  }
}
