package im.hongyan.relation.conversation;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.relation.owner.OwnerRows;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.relation.version.VersionLogs;
import im.hongyan.relation.version.VersionLogs.Kind;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Reads conversation rows, and makes them. Safe for use by several threads. */
public final class ConversationStore {
  private static final String OF_OWNER = " WHERE owner_user_id = :owner";

  /** As they began. */
  private static final String IN_ORDER = " ORDER BY create_time, conversation_id";

  private final Jdbi jdbi;

  /** All conversations of an owner, and the version that they have at least. */
  record All(LogVersion version, List<ConversationId> ids) {}

  /** Creates a store over the pool. */
  public ConversationStore(MySql mysql) {
    jdbi = mysql.jdbi();
  }

  /**
   * Adds the rows that are missing, of one conversation, and leaves the others as they are.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when the conversation is not the owner's
   */
  public void addMissing(ConversationOwner owner, List<ConversationRow> rows, long nowMillis) {
    boolean _ =
        Transactions.run(
            jdbi,
            handle -> {
              OwnerRows.claim(handle, List.of(owner));
              ConversationRows.addMissing(handle, rows, nowMillis);
              return true;
            });
  }

  /** One row, if it exists. */
  public Optional<Conversation> find(UserId owner, ConversationId id) {
    return jdbi.withHandle(
        handle -> ConversationRows.find(handle, id, List.of(owner)).stream().findFirst());
  }

  /** Those of these rows that exist, in any order. */
  List<Conversation> find(UserId owner, Collection<ConversationId> ids) {
    if (ids.isEmpty()) {
      return List.of();
    }
    return jdbi.withHandle(handle ->
        handle
            .createQuery(ConversationRows.SELECT + OF_OWNER + " AND conversation_id IN (<ids>)")
            .bind("owner", owner)
            .bindList("ids", List.copyOf(ids))
            .map((row, context) -> ConversationRows.conversation(row))
            .list());
  }

  /** A page of an owner's rows in the order in which they began. */
  List<Conversation> page(UserId owner, Page page) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                ConversationRows.SELECT + OF_OWNER + IN_ORDER + " LIMIT :limit OFFSET :offset")
            .bind("owner", owner)
            .bind("limit", page.limit())
            .bind("offset", page.offset())
            .map((row, context) -> ConversationRows.conversation(row))
            .list());
  }

  /** How many conversations an owner has. */
  long count(UserId owner) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery("SELECT COUNT(*) FROM conversation" + OF_OWNER)
            .bind("owner", owner)
            .mapTo(Long.class)
            .one());
  }

  /** All conversation ids of a user, in the order in which they began. */
  public List<ConversationId> ids(UserId owner) {
    return ids(owner, "");
  }

  /** The pinned ones of a user. */
  public List<ConversationId> pinnedIds(UserId owner) {
    return ids(owner, " AND is_pinned = 1");
  }

  /** Those of a user whose messages come without a sound. */
  List<ConversationId> notNotifiedIds(UserId owner) {
    return ids(owner, " AND recv_msg_opt = 2");
  }

  private List<ConversationId> ids(UserId owner, String condition) {
    return jdbi.withHandle(handle ->
        handle
            .createQuery(
                "SELECT conversation_id FROM conversation" + OF_OWNER + condition + IN_ORDER)
            .bind("owner", owner)
            .mapTo(ConversationId.class)
            .list());
  }

  /** A user's conversations, and their version. */
  All all(UserId owner) {
    LogVersion version =
        jdbi.withHandle(handle -> VersionLogs.current(handle, Kind.CONVERSATIONS, owner.value()));
    return new All(version, ids(owner));
  }

  /** What separates a reader's copy of an owner's list from it. */
  VersionDelta delta(UserId owner, String versionId, long version) {
    return jdbi.withHandle(
        handle -> VersionLogs.delta(handle, Kind.CONVERSATIONS, owner.value(), versionId, version));
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
