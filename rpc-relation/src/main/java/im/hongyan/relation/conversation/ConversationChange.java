package im.hongyan.relation.conversation;

import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.ConversationReq;

/**
 * Which settings of a conversation change, and to what (rest-message.md 7.5); those that are not
 * named stay. Private chats are no part of it, since they are set on both sides.
 */
record ConversationChange(ConversationReq wanted) {
  /** Whether it names any setting. */
  boolean isEmpty() {
    return !wanted.hasRecvMsgOpt()
        && !wanted.hasIsPinned()
        && !wanted.hasAttachedInfo()
        && !wanted.hasEx()
        && !wanted.hasBurnDuration()
        && !wanted.hasGroupAtType()
        && !wanted.hasMsgDestructTime()
        && !wanted.hasIsMsgDestruct();
  }

  /** Whether it says what the mark of a group is. */
  boolean setsMark() {
    return wanted.hasGroupAtType();
  }

  /** A row as it becomes. */
  Conversation applied(Conversation row) {
    Conversation.Builder changed = row.toBuilder();
    if (wanted.hasRecvMsgOpt()) {
      changed.setRecvMsgOpt(wanted.getRecvMsgOpt().getValue());
    }
    if (wanted.hasIsPinned()) {
      changed.setIsPinned(wanted.getIsPinned().getValue());
    }
    if (wanted.hasAttachedInfo()) {
      changed.setAttachedInfo(wanted.getAttachedInfo().getValue());
    }
    if (wanted.hasEx()) {
      changed.setEx(wanted.getEx().getValue());
    }
    if (wanted.hasBurnDuration()) {
      changed.setBurnDuration(wanted.getBurnDuration().getValue());
    }
    if (wanted.hasGroupAtType()) {
      changed.setGroupAtType(wanted.getGroupAtType().getValue());
    }
    if (wanted.hasMsgDestructTime()) {
      changed.setMsgDestructTime(wanted.getMsgDestructTime().getValue());
    }
    if (wanted.hasIsMsgDestruct()) {
      changed.setIsMsgDestruct(wanted.getIsMsgDestruct().getValue());
    }
    return changed.build();
  }
}
