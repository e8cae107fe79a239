package im.hongyan.msg.send;

import im.hongyan.proto.sdkws.MsgData;
import java.util.List;
import java.util.Map;

/** The options map of a message (messaging.md 2): an absent key, or an absent map, means true. */
final class Options {
  static final String IS_NOT_NOTIFICATION = "isNotNotification";
  static final String IS_SEND_MSG = "isSendMsg";
  static final String HISTORY = "history";
  static final String OFFLINE_PUSH = "offlinePush";
  static final String UNREAD_COUNT = "unreadCount";
  static final String SENDER_SYNC = "senderSync";
  private static final String PERSISTENT = "persistent";
  private static final String CONVERSATION_UPDATE = "conversationUpdate";
  private static final String SENDER_CONVERSATION_UPDATE = "senderConversationUpdate";

  private static final Map<Integer, List<String>> OFF_BY_CONTENT_TYPE =
      Map.of(
          ContentTypes.REVOKE, List.of(UNREAD_COUNT, OFFLINE_PUSH),
          ContentTypes.READ_RECEIPT,
              List.of(CONVERSATION_UPDATE, SENDER_CONVERSATION_UPDATE, UNREAD_COUNT, OFFLINE_PUSH),
          ContentTypes.TYPING,
              List.of(
                  HISTORY,
                  PERSISTENT,
                  SENDER_SYNC,
                  CONVERSATION_UPDATE,
                  SENDER_CONVERSATION_UPDATE,
                  UNREAD_COUNT,
                  OFFLINE_PUSH));

  private Options() {}

  static boolean on(MsgData message, String key) {
    return message.getOptionsOrDefault(key, true);
  }

  static boolean on(MsgData.Builder message, String key) {
    return message.getOptionsOrDefault(key, true);
  }

  /** Sets what the content type switches off (messaging.md 2.1). */
  static void applyDefaults(MsgData.Builder message) {
    OFF_BY_CONTENT_TYPE
        .getOrDefault(message.getContentType(), List.of())
        .forEach(key -> message.putOptions(key, false));
  }
}
