package im.hongyan.relation.conversation;

/**
 * One user's side of a conversation, as far as it differs from what a new row holds.
 *
 * @param type session type
 * @param peerUserId the other user; empty for groups
 * @param groupId empty but for groups
 * @param maxSeq last readable seq, 0 for no bound
 */
public record ConversationRow(
    String ownerUserId,
    String conversationId,
    int type,
    String peerUserId,
    String groupId,
    int recvMsgOpt,
    boolean pinned,
    long minSeq,
    long maxSeq) {
  /** A row as it is when the conversation begins. */
  public static ConversationRow fresh(
      String ownerUserId, String conversationId, int type, String peerUserId, String groupId) {
    return new ConversationRow(
        ownerUserId, conversationId, type, peerUserId, groupId, 0, false, 0, 0);
  }
}
