package im.hongyan.relation.conversation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Rows;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.relation.owner.OwnerRows;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/** Conversation rows in the table {@code conversation}. Safe for use by several threads. */
public final class ConversationStore {
  private static final RowMapper<ConversationRow> ROW = ConstructorMapper.of(ConversationRow.class);

  private static final Comparator<ConversationRow> BY_KEY =
      Comparator.comparing((ConversationRow row) -> row.ownerUserId().value(), Utf8Order.INSTANCE)
          .thenComparing(row -> row.conversationId().value(), Utf8Order.INSTANCE);

  private final Jdbi jdbi;

  /** Creates a store over the pool. */
  public ConversationStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Adds the rows that are missing and leaves the others as they are.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the conversation is not the owner's
   */
  public void addMissing(ConversationOwner owner, List<ConversationRow> rows, long nowMillis) {
    List<Object[]> values =
        rows.stream().sorted(BY_KEY).map(row -> values(row, nowMillis)).toList();
    Transactions.run(
        jdbi,
        handle -> {
          OwnerRows.claim(handle, List.of(owner));
          return Rows.insert(
              handle,
              "INSERT INTO conversation (owner_user_id, conversation_id, conversation_type,"
                  + " user_id, group_id, attached_info, ex, create_time) VALUES",
              values,
              "ON DUPLICATE KEY UPDATE owner_user_id = VALUES(owner_user_id)");
        });
  }

  private static Object[] values(ConversationRow row, long nowMillis) {
    return new Object[] {
      row.ownerUserId(),
      row.conversationId(),
      row.type(),
      row.peerUserId(),
      row.groupId(),
      "",
      "",
      nowMillis
    };
  }

  /** One row, if it exists. */
  public Optional<ConversationRow> find(UserId owner, ConversationId id) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT owner_user_id, conversation_id, conversation_type AS type,"
                    + " user_id AS peer_user_id, group_id, recv_msg_opt, is_pinned AS pinned,"
                    + " min_seq, max_seq FROM conversation"
                    + " WHERE owner_user_id = ? AND conversation_id = ?")
            .bind(0, owner)
            .bind(1, id)
            .map(ROW)
            .findOne());
  }

  /** All conversation ids of a user. */
  public List<ConversationId> ids(UserId owner) {
    return ids("SELECT conversation_id FROM conversation WHERE owner_user_id = ?", owner);
  }

  /** The pinned ones of a user. */
  public List<ConversationId> pinnedIds(UserId owner) {
    return ids(
        "SELECT conversation_id FROM conversation WHERE owner_user_id = ? AND is_pinned = 1",
        owner);
  }

  private List<ConversationId> ids(String query, UserId owner) {
    return jdbi.withHandle(
        handle -> handle.createQuery(query).bind(0, owner).mapTo(ConversationId.class).list());
  }

  /** The receive options of these users for a conversation, by user; those of 0 are left out. */
  public Map<UserId, Integer> receiveOptions(ConversationId id, Collection<UserId> owners) {
    if (owners.isEmpty()) {
      return Map.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT owner_user_id, recv_msg_opt FROM conversation"
                    + " WHERE owner_user_id IN (<owners>) AND conversation_id = :id"
                    + " AND recv_msg_opt <> 0")
            .bindList("owners", List.copyOf(owners))
            .bind("id", id)
            .reduceRows(
                new HashMap<>(),
                (options, row) -> {
                  options.put(
                      row.getColumn("owner_user_id", UserId.class),
                      row.getColumn("recv_msg_opt", Integer.class));
                  return options;
                }));
  }
}
