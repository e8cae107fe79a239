package im.hongyan.messagelog.statistics;

import im.hongyan.wire.id.ConversationId;

/**
 * A stored message of a chat, as statistics count it.
 *
 * @param sentMillis its send time
 */
public record SentMessage(String conversationId, long seq, String sendId, long sentMillis) {
  /** Whether messages of a conversation count: of single chats and of groups. */
  public static boolean counts(String conversationId) {
    return conversationId.startsWith("si_") || new ConversationId(conversationId).isGroup();
  }

  /** The group that it was sent in; empty in a single chat. */
  public String groupId() {
    ConversationId id = new ConversationId(conversationId);
    return id.isGroup() ? id.key() : "";
  }
}
