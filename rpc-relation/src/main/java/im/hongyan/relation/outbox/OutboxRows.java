package im.hongyan.relation.outbox;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.kit.call.CallContext;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * Writes notifications beside the change that causes them, within its transaction. Stateless.
 *
 * <p>A notification's version is given under the lock of its conversation's row, which is held to
 * the end of the transaction and taken after the lock of what changes. So notifications of one
 * conversation are numbered in the order in which their changes are committed.
 */
public final class OutboxRows {
  /** Characters of an operation id that fit the column whatever their bytes. */
  private static final int MOST_ID_CHARACTERS = 60;

  private OutboxRows() {}

  /** Writes notifications, those of one conversation in the order given. */
  public static void append(Handle handle, List<Notification> notifications) {
    append(handle, notifications, Notification::conversationId, Notification::message);
  }

  /** As above, for anything that has a conversation and a message. */
  static <T> void append(
      Handle handle,
      List<T> entries,
      Function<T, String> conversationId,
      Function<T, MsgData> message) {
    if (entries.isEmpty()) {
      return;
    }
    Map<String, List<MsgData>> byConversation = new TreeMap<>(Utf8Order.INSTANCE);
    for (T each : entries) {
      byConversation
          .computeIfAbsent(conversationId.apply(each), id -> new ArrayList<>())
          .add(message.apply(each));
    }
    Map<String, Long> last = reserve(handle, byConversation);
    byte[] operation = MySql.id(operationId());
    List<Object[]> rows = new ArrayList<>();
    byConversation.forEach((conversation, some) -> {
      long version = last.getOrDefault(conversation, 0L) - some.size();
      for (MsgData each : some) {
        version++;
        rows.add(
            new Object[] {
              MySql.id(conversation),
              version,
              MySql.id(each.getClientMsgID()),
              operation,
              each.getCreateTime(),
              each.toByteArray()
            });
      }
    });
    Rows.insert(
        handle,
        "INSERT INTO outbox"
            + " (conversation_id, version, client_msg_id, operation_id, created_at, message) VALUES",
        rows,
        "");
  }

  /** The last version of each conversation, in the order of its key; locks the rows. */
  private static Map<String, Long> reserve(
      Handle handle, Map<String, List<MsgData>> byConversation) {
    List<Object[]> heads = new ArrayList<>();
    byConversation.forEach((conversation, some) ->
        heads.add(
            new Object[] {
              MySql.id(conversation), (long) some.size(), some.getFirst().getCreateTime(), 0, 0L
            }));
    Rows.insert(
        handle,
        "INSERT INTO outbox_conversation"
            + " (conversation_id, last_version, due_at, attempts, claim) VALUES",
        heads,
        "ON DUPLICATE KEY UPDATE last_version = last_version + VALUES(last_version)");
    Map<String, Long> last = new HashMap<>();
    handle
        .createQuery(
            "SELECT conversation_id, last_version FROM outbox_conversation"
                + " WHERE conversation_id IN (<ids>)")
        .bindList("ids", byConversation.keySet().stream().map(MySql::id).toList())
        .map((row, context) -> Map.entry(MySql.id(row.getBytes(1)), row.getLong(2)))
        .forEach(entry -> last.put(entry.getKey(), entry.getValue()));
    return last;
  }

  private static String operationId() {
    String id = CallContext.currentOperationId();
    if (id.isEmpty()) {
      return MessageIds.next();
    }
    return id.length() <= MOST_ID_CHARACTERS ? id : id.substring(0, MOST_ID_CHARACTERS);
  }
}
