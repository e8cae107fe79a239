package im.hongyan.standalone.sync;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MessageRevokedContent;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.json.GoJsonWriter;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The messages that a device keeps, by conversation and seq, and what becomes of them there when it
 * is notified (notifications.md 8). Safe for use by several threads.
 */
final class MessageTable {
  static final JsonMapper JSON = new JsonMapper();

  /** Content type of a message that was revoked. */
  static final int REVOKED = 2101;

  private static final int TEXT = 101;

  /** Messages from this status on are deleted or placeholders. */
  private static final int DELETED = 4;

  private final Map<String, NavigableMap<Long, MsgData>> chats = new HashMap<>();
  private final Map<String, Long> highest = new HashMap<>();

  private NavigableMap<Long, MsgData> chat(String conversation) {
    return chats.computeIfAbsent(conversation, id -> new TreeMap<>());
  }

  /** Whether a message shows. */
  static boolean isVisible(MsgData message) {
    return message.getStatus() < DELETED;
  }

  /** Keeps a message whose seq is not there yet. */
  synchronized void add(String conversation, MsgData message) {
    highest.merge(conversation, message.getSeq(), Math::max);
    chat(conversation).putIfAbsent(message.getSeq(), message);
  }

  /** Whether there is anything under a seq: a message, a deleted one or a placeholder. */
  synchronized boolean has(String conversation, long seq) {
    return chat(conversation).containsKey(seq);
  }

  /** The highest seq that ever arrived, 0 for none. */
  synchronized long highest(String conversation) {
    return highest.getOrDefault(conversation, 0L);
  }

  /** The seq of the message with this client id, 0 when it is not there. */
  synchronized long seqOf(String conversation, String clientId) {
    return chat(conversation).values().stream()
        .filter(message -> message.getClientMsgID().equals(clientId))
        .mapToLong(MsgData::getSeq)
        .findFirst()
        .orElse(0);
  }

  /** Shows a message as revoked. */
  synchronized void revoke(String conversation, long seq, String revoker, long timeMillis) {
    MessageRevokedContent content =
        MessageRevokedContent.newBuilder().setRevokerID(revoker).setRevokeTime(timeMillis).build();
    String text = JSON.writeValueAsString(Map.of("detail", GoJsonWriter.toText(content)));
    chat(conversation)
        .computeIfPresent(
            seq,
            (key, message) ->
                message.toBuilder()
                    .setContentType(REVOKED)
                    .setContent(ByteString.copyFromUtf8(text))
                    .build());
  }

  /** Deletes what is under these seqs, also what comes later. */
  synchronized void delete(String conversation, Collection<Long> seqs) {
    for (Long seq : seqs) {
      MsgData before = chat(conversation).get(seq);
      MsgData.Builder row = before == null ? MsgData.newBuilder() : before.toBuilder();
      chat(conversation).put(seq, row.setSeq(seq).setStatus(DELETED).build());
    }
  }

  /** Marks messages of a sender as read. */
  synchronized void markRead(String conversation, Collection<Long> seqs, String sender) {
    for (Long seq : seqs) {
      chat(conversation)
          .computeIfPresent(
              seq,
              (key, message) ->
                  message.getSendID().equals(sender)
                      ? message.toBuilder().setIsRead(true).build()
                      : message);
    }
  }

  /** Forgets all messages of a conversation. */
  synchronized void clear(String conversation) {
    chat(conversation).clear();
  }

  /** Forgets the messages below a seq. */
  synchronized void cut(String conversation, long first) {
    chat(conversation).headMap(first, false).clear();
  }

  /** The text of a conversation's newest message, else its content type; empty without one. */
  synchronized String newest(String conversation) {
    @Nullable MsgData message =
        chat(conversation).descendingMap().values().stream()
            .filter(MessageTable::isVisible)
            .findFirst()
            .orElse(null);
    if (message == null) {
      return "";
    }
    return message.getContentType() == TEXT
        ? message.getContent().toStringUtf8()
        : String.valueOf(message.getContentType());
  }

  /**
   * The messages that show, oldest first: seq, ids and content; of a revoked one, by whom and when.
   *
   * @param reader whose own messages show whether they are read; empty for nobody's
   */
  synchronized List<String> visible(String conversation, String reader) {
    return chat(conversation).values().stream()
        .filter(MessageTable::isVisible)
        .map(message -> line(message, message.getSendID().equals(reader) && message.getIsRead()))
        .toList();
  }

  private static String line(MsgData message, boolean read) {
    String content = message.getContent().toStringUtf8();
    if (message.getContentType() == REVOKED) {
      JsonNode revoked = detail(message);
      content =
          "revoked by %s at %d"
              .formatted(revoked.path("revokerID").asString(), revoked.path("revokeTime").asLong());
    }
    return "%d %s from %s, %d %s%s"
        .formatted(
            message.getSeq(),
            message.getClientMsgID(),
            message.getSendID(),
            message.getContentType(),
            content,
            read ? ", read" : "");
  }

  /** The tips of a notification (notifications.md 1.2). */
  static JsonNode detail(MsgData notification) {
    JsonNode content = JSON.readTree(notification.getContent().toStringUtf8());
    return JSON.readTree(content.path("detail").asString());
  }
}
