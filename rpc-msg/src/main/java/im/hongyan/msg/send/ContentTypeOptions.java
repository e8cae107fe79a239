package im.hongyan.msg.send;

import static im.hongyan.wire.message.MessageOption.CONVERSATION_UPDATE;
import static im.hongyan.wire.message.MessageOption.HISTORY;
import static im.hongyan.wire.message.MessageOption.OFFLINE_PUSH;
import static im.hongyan.wire.message.MessageOption.PERSISTENT;
import static im.hongyan.wire.message.MessageOption.SENDER_CONVERSATION_UPDATE;
import static im.hongyan.wire.message.MessageOption.SENDER_SYNC;
import static im.hongyan.wire.message.MessageOption.UNREAD_COUNT;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageOption;
import java.util.List;
import java.util.Map;

/** What the content type of a message switches off (messaging.md 2.1). */
final class ContentTypeOptions {
  private static final Map<Integer, List<MessageOption>> OFF_BY_CONTENT_TYPE =
      Map.of(
          ContentType.REVOKE, List.of(UNREAD_COUNT, OFFLINE_PUSH),
          ContentType.READ_RECEIPT,
              List.of(CONVERSATION_UPDATE, SENDER_CONVERSATION_UPDATE, UNREAD_COUNT, OFFLINE_PUSH),
          ContentType.TYPING,
              List.of(
                  HISTORY,
                  PERSISTENT,
                  SENDER_SYNC,
                  CONVERSATION_UPDATE,
                  SENDER_CONVERSATION_UPDATE,
                  UNREAD_COUNT,
                  OFFLINE_PUSH));

  private ContentTypeOptions() {}

  /** Writes what is off. */
  static void apply(MsgData.Builder message) {
    OFF_BY_CONTENT_TYPE
        .getOrDefault(message.getContentType(), List.of())
        .forEach(option -> option.put(message, false));
  }
}
