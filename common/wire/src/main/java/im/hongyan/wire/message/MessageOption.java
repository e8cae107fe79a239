package im.hongyan.wire.message;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.MsgDataOrBuilder;

/** Keys of a message's options map (messaging.md 2); an absent key means true. */
public enum MessageOption {
  IS_NOT_NOTIFICATION("isNotNotification"),
  IS_SEND_MSG("isSendMsg"),
  HISTORY("history"),
  PERSISTENT("persistent"),
  OFFLINE_PUSH("offlinePush"),
  UNREAD_COUNT("unreadCount"),
  CONVERSATION_UPDATE("conversationUpdate"),
  SENDER_SYNC("senderSync"),
  NOT_PRIVATE("notPrivate"),
  SENDER_CONVERSATION_UPDATE("senderConversationUpdate"),
  REACTION_FROM_CACHE("reactionFromCache");

  private final String key;

  MessageOption(String key) {
    this.key = key;
  }

  /** The key on the wire. */
  public String key() {
    return key;
  }

  /** Whether a message has it on. */
  public boolean isOn(MsgDataOrBuilder message) {
    return message.getOptionsOrDefault(key, true);
  }

  /** Writes it. */
  public void put(MsgData.Builder message, boolean on) {
    message.putOptions(key, on);
  }
}
