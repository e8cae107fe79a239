package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.relation.conversation.ConversationRow;
import im.hongyan.relation.conversation.ConversationStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Conversation rows in the table {@code conversation}. */
public final class MySqlConversationStore implements ConversationStore {
  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public MySqlConversationStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  @Override
  public void addMissing(List<ConversationRow> rows, long nowMillis) {
    List<ConversationRow> sorted =
        rows.stream()
            .sorted(
                Comparator.comparing(ConversationRow::ownerUserId)
                    .thenComparing(ConversationRow::conversationId))
            .toList();
    String values = "(?, ?, ?, ?, ?, '', '', ?), ".repeat(sorted.size());
    String sql =
        "INSERT INTO conversation (owner_user_id, conversation_id, conversation_type,"
            + " user_id, group_id, attached_info, ex, create_time) VALUES "
            + values.substring(0, values.length() - 2)
            + " ON DUPLICATE KEY UPDATE owner_user_id = VALUES(owner_user_id)";
    List<Object> arguments = new ArrayList<>();
    for (ConversationRow row : sorted) {
      arguments.add(MySql.id(row.ownerUserId()));
      arguments.add(MySql.id(row.conversationId()));
      arguments.add(row.type());
      arguments.add(MySql.id(row.peerUserId()));
      arguments.add(MySql.id(row.groupId()));
      arguments.add(nowMillis);
    }
    jdbi.useHandle(handle -> handle.execute(sql, arguments.toArray()));
  }

  @Override
  public Optional<ConversationRow> find(String ownerUserId, String conversationId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT conversation_type, user_id, group_id, recv_msg_opt, is_pinned,"
                    + " min_seq, max_seq FROM conversation"
                    + " WHERE owner_user_id = ? AND conversation_id = ?")
            .bind(0, MySql.id(ownerUserId))
            .bind(1, MySql.id(conversationId))
            .map((row, context) ->
                new ConversationRow(
                    ownerUserId,
                    conversationId,
                    row.getInt(1),
                    MySql.id(row.getBytes(2)),
                    MySql.id(row.getBytes(3)),
                    row.getInt(4),
                    row.getBoolean(5),
                    row.getLong(6),
                    row.getLong(7)))
            .findOne());
  }

  @Override
  public List<String> ids(String ownerUserId) {
    return ids("SELECT conversation_id FROM conversation WHERE owner_user_id = ?", ownerUserId);
  }

  @Override
  public List<String> pinnedIds(String ownerUserId) {
    return ids(
        "SELECT conversation_id FROM conversation WHERE owner_user_id = ? AND is_pinned = 1",
        ownerUserId);
  }

  private List<String> ids(String query, String ownerUserId) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(query)
            .bind(0, MySql.id(ownerUserId))
            .mapTo(byte[].class)
            .map(MySql::id)
            .list());
  }

  @Override
  public Map<String, Integer> recvMsgOpts(String conversationId, Collection<String> ownerUserIds) {
    return RecvMsgOpts.of(
        jdbi,
        "SELECT owner_user_id, recv_msg_opt FROM conversation WHERE owner_user_id IN (<ids>)"
            + " AND conversation_id = :of AND recv_msg_opt <> 0",
        conversationId,
        ownerUserIds);
  }
}
