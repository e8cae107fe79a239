package im.hongyan.relation.owner;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.Utf8Order;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * The table {@code conversation_owner}, written within the transactions of those who make
 * conversations: the first owner of a key keeps it, on all nodes. Stateless.
 */
public final class OwnerRows {
  private OwnerRows() {}

  /**
   * Makes keys theirs whose they are; the rows stay locked until the transaction ends.
   *
   * @throws ImException 1001 when a key belongs to others; the transaction must not go on
   */
  public static void claim(Handle handle, Collection<ConversationOwner> owners) {
    Map<String, ConversationOwner> byKey =
        owners.stream()
            .collect(Collectors.toMap(ConversationOwner::key, Function.identity(), OwnerRows::one));
    List<Object[]> rows =
        byKey.values().stream()
            .sorted(Comparator.comparing(ConversationOwner::key, Utf8Order.INSTANCE))
            .map(OwnerRows::row)
            .toList();
    int added =
        Rows.insert(
            handle,
            "INSERT INTO conversation_owner (conversation_key, first_id, second_id) VALUES",
            rows,
            "ON DUPLICATE KEY UPDATE conversation_key = VALUES(conversation_key)");
    if (added < rows.size() && !stored(handle, byKey.keySet()).equals(byKey)) {
      throw others();
    }
  }

  private static ConversationOwner one(ConversationOwner a, ConversationOwner b) {
    if (!a.equals(b)) {
      throw others();
    }
    return a;
  }

  private static ImException others() {
    return ImError.ARGS.with("conversation belongs to others");
  }

  private static Object[] row(ConversationOwner owner) {
    return new Object[] {MySql.id(owner.key()), MySql.id(owner.first()), MySql.id(owner.second())};
  }

  static Optional<ConversationOwner> find(Handle handle, String key) {
    return handle
        .createQuery(
            "SELECT first_id, second_id FROM conversation_owner WHERE conversation_key = ?")
        .bind(0, MySql.id(key))
        .map(
            (row, _) -> new ConversationOwner(MySql.id(row.getBytes(1)), MySql.id(row.getBytes(2))))
        .findOne();
  }

  /** As they are now, not as they were when the transaction began. */
  private static Map<String, ConversationOwner> stored(Handle handle, Collection<String> keys) {
    return handle
        .createQuery(
            "SELECT conversation_key, first_id, second_id FROM conversation_owner"
                + " WHERE conversation_key IN (<keys>) LOCK IN SHARE MODE")
        .bindList("keys", keys.stream().map(MySql::id).toList())
        .map((row, _) ->
            Map.entry(
                MySql.id(row.getBytes(1)),
                new ConversationOwner(MySql.id(row.getBytes(2)), MySql.id(row.getBytes(3)))))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
