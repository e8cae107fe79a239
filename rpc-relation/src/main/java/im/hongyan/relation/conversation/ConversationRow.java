package im.hongyan.relation.conversation;

import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;

/**
 * What one user's side of a conversation is; its settings are not part of it.
 *
 * @param type session type
 * @param peerUserId the other user; empty for groups
 * @param groupId empty but for groups
 */
public record ConversationRow(
    UserId ownerUserId,
    ConversationId conversationId,
    int type,
    UserId peerUserId,
    GroupId groupId) {
  /**
   * The owner's side of a conversation that is named, whose id must be the one of its users or
   * group.
   *
   * @throws im.hongyan.wire.error.ImException 1001 where it is not, or the peer or group is not
   *     named; 1004 for a type that no conversation has
   */
  static ConversationRow of(UserId owner, ConversationReq named) {
    SessionType type =
        switch (SessionType.of(named.getConversationType())) {
          case SINGLE -> SessionType.SINGLE;
          case GROUP -> SessionType.GROUP;
          case NOTIFICATION -> SessionType.NOTIFICATION;
          case WRITE_GROUP -> throw ImError.RECORD_NOT_FOUND.bare();
        };
    boolean group = type == SessionType.GROUP;
    if ((group ? named.getGroupID() : named.getUserID()).isEmpty()) {
      throw ImError.ARGS.with(group ? "groupID is empty" : "userID is empty");
    }
    ConversationId id = new ConversationId(named.getConversationID());
    if (!id.equals(
        ConversationId.chat(type, owner.value(), named.getUserID(), named.getGroupID()))) {
      throw ImError.ARGS.with("conversationID is not of this user or group");
    }
    return new ConversationRow(
        owner,
        id,
        type.number(),
        new UserId(group ? "" : named.getUserID()),
        new GroupId(group ? named.getGroupID() : ""));
  }

  /** Whether it is a group's. */
  boolean isGroup() {
    return !groupId.value().isEmpty();
  }

  /** A chat of two users. */
  static ConversationRow ofPair(UserId owner, ConversationId id, int type, UserId peer) {
    return new ConversationRow(owner, id, type, peer, new GroupId(""));
  }
}
